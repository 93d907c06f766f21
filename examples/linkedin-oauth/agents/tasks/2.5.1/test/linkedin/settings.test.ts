import assert from "node:assert/strict";
import { test } from "node:test";
import { readLinkedInSettings } from "../../src/linkedin/settings.js";
import { linkedInEnv } from "../support.js";

test("settings come from the environment, endpoints and time limit have defaults", () => {
  const settings = readLinkedInSettings(linkedInEnv);
  assert.equal(settings.clientId, "client-1");
  assert.equal(settings.apiBase, "https://api.linkedin.com/v2");
  assert.equal(settings.timeoutMs, 10_000);
});

test("a time limit can be set", () => {
  assert.equal(readLinkedInSettings({ LINKEDIN_TIMEOUT_MS: "250" }).timeoutMs, 250);
});
