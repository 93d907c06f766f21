export async function work({ copy, sleep }) {
  copy("src/linkedin/errors.ts");
  await sleep();
  copy("test/linkedin/errors.test.ts");
}
