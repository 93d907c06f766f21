export async function work({ copy, sleep }) {
  copy("src/oauth/pkce.ts");
  await sleep();
  copy("test/oauth/pkce.test.ts");
}
