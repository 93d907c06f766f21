export async function work({ copy, sleep }) {
  copy("src/linkedin/profile.ts");
  await sleep();
  copy("test/linkedin/profile.test.ts");
}
