export async function work({ copy, sleep }) {
  copy(".env.example");
  copy("docs/configuration.md");
  await sleep();
  copy("test/linkedin/env-example.test.ts");
}
