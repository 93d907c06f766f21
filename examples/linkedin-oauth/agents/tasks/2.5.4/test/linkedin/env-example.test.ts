import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readLinkedInSettings } from "../../src/linkedin/settings.js";

const variables = new Map(
  readFileSync(".env.example", "utf8")
    .split(/\r?\n/)
    .flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
);

test("the settings can be read from the example file", () => {
  const settings = readLinkedInSettings(Object.fromEntries(variables));
  assert.equal(settings.clientId, "your-client-id");
  assert.equal(settings.timeoutMs, 10_000);
});

test("every variable of the example file is documented", () => {
  const page = readFileSync("docs/configuration.md", "utf8");
  for (const name of variables.keys()) assert.ok(page.includes(`\`${name}\``), `${name} is not documented`);
});
