import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/app.js";
import { json, scriptedFetch, testServices } from "../support.js";

const tokens = json({ access_token: "a", expires_in: 60 });
const profile = json({ sub: "m1", name: "Ada" });

test("code and state become a connected account", async () => {
  const network = scriptedFetch(tokens, profile);
  const services = testServices({ fetch: network.fetch });
  const state = services.pending.open("verifier-1");

  const reply = await createApp(services).reply("GET", `/linkedin/callback?code=c&state=${state}`);

  assert.equal(reply.status, 201);
  assert.equal(services.accounts.findByMember("m1")?.status, "connected");
  assert.equal(network.sent[1]?.headers.get("authorization"), "Bearer a");
});

test("a state of our own is required, and works once", async () => {
  const services = testServices({ fetch: scriptedFetch(tokens, profile).fetch });
  const app = createApp(services);
  const target = `/linkedin/callback?code=c&state=${services.pending.open("v")}`;

  assert.equal((await app.reply("GET", "/linkedin/callback?code=c&state=forged")).status, 400);
  assert.equal((await app.reply("GET", target)).status, 201);
  assert.equal((await app.reply("GET", target)).status, 400);
});

test("a refusal by the member and one by LinkedIn are told apart, and neither leaves an account", async () => {
  const services = testServices({ fetch: scriptedFetch(json({ error: "invalid_grant" }, 400)).fetch });
  const app = createApp(services);
  const back = (query: string) => app.reply("GET", `/linkedin/callback?${query}&state=${services.pending.open("v")}`);

  assert.equal((await back("error=user_cancelled_login")).status, 403);
  assert.equal((await back("code=used")).status, 502);
  assert.deepEqual(services.accounts.all(), []);
});
