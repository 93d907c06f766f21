export async function work({ copy, sleep }) {
  copy("src/tokens/freshness.ts");
  await sleep();
  copy("test/tokens/freshness.test.ts");
}
