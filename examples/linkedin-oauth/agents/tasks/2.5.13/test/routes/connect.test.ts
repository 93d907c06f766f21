import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/app.js";
import { challengeFor } from "../../src/oauth/pkce.js";
import { testServices } from "../support.js";

test("the member is sent to LinkedIn with a state that can be taken up again", async () => {
  const services = testServices();

  const reply = await createApp(services).reply("GET", "/linkedin/connect");

  assert.equal(reply.status, 302);
  const address = new URL(reply.headers?.location ?? "");
  const verifier = services.pending.take(address.searchParams.get("state") ?? "");
  assert.ok(verifier);
  assert.equal(address.searchParams.get("code_challenge"), challengeFor(verifier));
});

test("a service without credentials says so instead of sending the member astray", async () => {
  const reply = await createApp(testServices({ env: {} })).reply("GET", "/linkedin/connect");
  assert.equal(reply.status, 503);
});
