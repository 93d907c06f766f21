export async function work({ copy, sleep }) {
  copy("src/tokens/refresh.ts");
  await sleep();
  copy("test/tokens/refresh.test.ts");
}
