export async function work({ copy, sleep }) {
  copy("src/health/token-summary.ts");
  await sleep();
  copy("test/health/token-summary.test.ts");
}
