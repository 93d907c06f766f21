import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeCode, readTokens } from "../../src/oauth/exchange.js";
import { json, noon, scriptedFetch, testServices } from "../support.js";

const grant = { code: "code-1", verifier: "verifier-1", redirectUri: "http://localhost/back" };

test("a code becomes tokens that know when they end", async () => {
  const network = scriptedFetch(
    json({ access_token: "a", expires_in: 60, refresh_token: "r", refresh_token_expires_in: 3600, scope: "openid,email" }),
  );
  const { linkedin } = testServices({ fetch: network.fetch });

  assert.deepEqual(await exchangeCode(linkedin, grant, noon), {
    accessToken: "a",
    accessExpiresAt: noon + 60_000,
    refreshToken: "r",
    refreshExpiresAt: noon + 3_600_000,
    scopes: ["openid", "email"],
  });
  const form = new URLSearchParams(network.sent[0]?.body);
  assert.equal(form.get("code"), "code-1");
  assert.equal(form.get("code_verifier"), "verifier-1");
});

test("refresh tokens are not granted to everyone", () => {
  const tokens = readTokens({ access_token: "a", expires_in: 60 }, noon);
  assert.equal(tokens.refreshToken, null);
  assert.deepEqual(tokens.scopes, []);
});

test("a used code and an answer without a token are told apart", async () => {
  const { linkedin } = testServices({ fetch: scriptedFetch(json({ error: "invalid_grant" }, 400)).fetch });
  await assert.rejects(exchangeCode(linkedin, grant, noon), { kind: "expired" });
  assert.throws(() => readTokens({}, noon), { kind: "unexpected" });
});
