import assert from "node:assert/strict";
import { test } from "node:test";
import type { Services } from "../../src/services.js";
import { anAccount, json, noon, scriptedFetch, testServices } from "../support.js";

const minute = 60_000;

function connect(services: Services, accessExpiresAt: number): void {
  const tokens = { accessToken: "a1", accessExpiresAt, refreshToken: "r1", refreshExpiresAt: null, scopes: [] };
  services.accounts.save(anAccount({ sealedTokens: services.vault.seal(JSON.stringify(tokens)) }));
}

test("a fresh token is handed out without asking LinkedIn", async () => {
  const network = scriptedFetch();
  const services = testServices({ fetch: network.fetch });
  connect(services, noon + 60 * minute);
  assert.equal(await services.tokens.read("a1"), "a1");
  assert.equal(network.sent.length, 0);
});

test("a due token is refreshed once, however many ask, and the new one is kept", async () => {
  const network = scriptedFetch(json({ access_token: "a2", expires_in: 3600 }));
  const services = testServices({ fetch: network.fetch });
  connect(services, noon + minute);

  assert.deepEqual(await Promise.all([services.tokens.read("a1"), services.tokens.read("a1")]), ["a2", "a2"]);
  assert.equal(await services.tokens.read("a1"), "a2");
  assert.equal(network.sent.length, 1);
});

test("while LinkedIn is down a due token still serves, an expired one does not", async () => {
  const due = testServices({ fetch: scriptedFetch(json({}, 503)).fetch });
  connect(due, noon + minute);
  assert.equal(await due.tokens.read("a1"), "a1");

  const expired = testServices({ fetch: scriptedFetch(json({}, 503)).fetch });
  connect(expired, noon);
  await assert.rejects(expired.tokens.read("a1"), { kind: "down" });
});

test("an account disconnected during the refresh stays disconnected", async () => {
  const services: Services = testServices({
    fetch: scriptedFetch(() => {
      services.accounts.save(anAccount({ status: "disconnected", sealedTokens: null }));
      return json({ access_token: "a2", expires_in: 3600 })();
    }).fetch,
  });
  connect(services, noon);
  await services.tokens.read("a1");
  assert.equal(services.accounts.find("a1")?.sealedTokens, null);
});
