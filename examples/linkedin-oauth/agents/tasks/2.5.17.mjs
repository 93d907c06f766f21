export async function work({ copy, sleep }) {
  copy("src/tokens/single-flight.ts");
  await sleep();
  copy("test/tokens/single-flight.test.ts");
}
