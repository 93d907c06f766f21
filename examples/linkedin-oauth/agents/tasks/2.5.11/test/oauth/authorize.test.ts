import assert from "node:assert/strict";
import { test } from "node:test";
import { readLinkedInSettings } from "../../src/linkedin/settings.js";
import { authorizationUrl } from "../../src/oauth/authorize.js";
import { linkedInEnv } from "../support.js";

test("the address carries the state and the challenge, never verifier or client secret", () => {
  const address = authorizationUrl(readLinkedInSettings(linkedInEnv), "state-1", "the-verifier");
  const url = new URL(address);

  assert.equal(url.origin + url.pathname, "https://www.linkedin.com/oauth/v2/authorization");
  assert.equal(url.searchParams.get("state"), "state-1");
  assert.equal(url.searchParams.get("code_challenge_method"), "S256");
  assert.equal(url.searchParams.get("scope"), "openid profile email w_member_social");
  assert.ok(!address.includes("the-verifier") && !address.includes("hush"));
});
