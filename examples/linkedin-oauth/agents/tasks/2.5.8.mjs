export async function work({ copy, sleep }) {
  copy("src/linkedin/retry.ts");
  await sleep();
  copy("test/linkedin/retry.test.ts");
}
