import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsProblems } from "../../src/linkedin/settings-problems.js";
import { readLinkedInSettings } from "../../src/linkedin/settings.js";
import { linkedInEnv } from "../support.js";

test("complete settings have no problems", () => {
  assert.deepEqual(settingsProblems(readLinkedInSettings(linkedInEnv)), []);
});

test("all problems are reported at once", () => {
  const settings = readLinkedInSettings({ LINKEDIN_REDIRECT_URI: "ftp://x", LINKEDIN_TIMEOUT_MS: "soon" });
  assert.deepEqual(settingsProblems(settings), [
    "LINKEDIN_CLIENT_ID is not set",
    "LINKEDIN_CLIENT_SECRET is not set",
    "LINKEDIN_REDIRECT_URI is no http(s) address",
    "LINKEDIN_TIMEOUT_MS is no positive whole number",
  ]);
});
