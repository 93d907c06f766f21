export async function work({ copy, sleep }) {
  copy("src/linkedin/settings.ts");
  await sleep();
  copy("test/linkedin/settings.test.ts");
}
