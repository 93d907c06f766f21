export async function work({ copy, sleep }) {
  copy("src/health/linkedin-probe.ts");
  await sleep();
  copy("test/health/linkedin-probe.test.ts");
}
