export async function work({ copy, sleep }) {
  copy("src/linkedin/scopes.ts");
  await sleep();
  copy("test/linkedin/scopes.test.ts");
}
