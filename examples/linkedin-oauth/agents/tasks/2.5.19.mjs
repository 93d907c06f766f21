export async function work({ copy, sleep }) {
  copy("src/accounts/connect.ts");
  await sleep();
  copy("test/accounts/connect.test.ts");
}
