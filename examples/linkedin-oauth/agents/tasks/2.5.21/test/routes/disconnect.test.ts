import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/app.js";
import { anAccount, json, scriptedFetch, testServices } from "../support.js";

async function disconnect(...answers: Array<() => Response>) {
  const network = scriptedFetch(...answers);
  const services = testServices({ fetch: network.fetch });
  const sealedTokens = services.vault.seal(JSON.stringify({ accessToken: "hush-1" }));
  services.accounts.save(anAccount({ sealedTokens }));
  const reply = await createApp(services).reply("DELETE", "/accounts/a1");
  return { reply, services, sent: network.sent };
}

test("disconnecting revokes the token and forgets it", async () => {
  const { reply, services, sent } = await disconnect(json({}));
  assert.equal(reply.status, 204);
  assert.equal(new URLSearchParams(sent[0]?.body).get("token"), "hush-1");
  assert.equal(services.accounts.find("a1")?.status, "disconnected");
  assert.equal(services.accounts.find("a1")?.sealedTokens, null);
});

test("an unreachable LinkedIn keeps nobody connected", async () => {
  const { reply, services } = await disconnect(() => {
    throw new Error("no network");
  });
  assert.equal(reply.status, 204);
  assert.equal(services.accounts.find("a1")?.sealedTokens, null);
  assert.deepEqual(services.audit.read("a1").map((entry) => entry.what), ["disconnected, but LinkedIn did not confirm"]);
});

test("an unknown account is not found", async () => {
  assert.equal((await createApp(testServices()).reply("DELETE", "/accounts/a9")).status, 404);
});
