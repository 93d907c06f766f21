import assert from "node:assert/strict";
import { test } from "node:test";
import { refreshTokens } from "../../src/tokens/refresh.js";
import type { TokenSet } from "../../src/types.js";
import { json, noon, scriptedFetch, testServices } from "../support.js";

const old: TokenSet = {
  accessToken: "a1",
  accessExpiresAt: noon,
  refreshToken: "r1",
  refreshExpiresAt: noon + 1_000_000,
  scopes: ["openid"],
};

test("what LinkedIn leaves out stays as it was", async () => {
  const network = scriptedFetch(json({ access_token: "a2", expires_in: 60 }));
  const { linkedin } = testServices({ fetch: network.fetch });

  const tokens = await refreshTokens(linkedin, old, noon);

  assert.deepEqual(tokens, { ...old, accessToken: "a2", accessExpiresAt: noon + 60_000 });
  assert.equal(new URLSearchParams(network.sent[0]?.body).get("refresh_token"), "r1");
});

test("a new refresh token replaces the old one", async () => {
  const answer = json({ access_token: "a2", expires_in: 60, refresh_token: "r2" });
  const { linkedin } = testServices({ fetch: scriptedFetch(answer).fetch });
  assert.equal((await refreshTokens(linkedin, old, noon)).refreshToken, "r2");
});

test("without a refresh token LinkedIn is not even asked", async () => {
  const network = scriptedFetch();
  const { linkedin } = testServices({ fetch: network.fetch });
  await assert.rejects(refreshTokens(linkedin, { ...old, refreshToken: null }, noon), { kind: "expired" });
  assert.equal(network.sent.length, 0);
});
