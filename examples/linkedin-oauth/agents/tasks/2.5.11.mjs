export async function work({ copy, sleep }) {
  copy("src/oauth/authorize.ts");
  await sleep();
  copy("test/oauth/authorize.test.ts");
}
