export async function work({ copy, sleep }) {
  copy("src/oauth/exchange.ts");
  await sleep();
  copy("test/oauth/exchange.test.ts");
}
