import assert from "node:assert/strict";
import { test } from "node:test";
import { json, scriptedFetch, testServices } from "../support.js";

test("a form carries the application's credentials", async () => {
  const network = scriptedFetch(json({ ok: true }));
  const { linkedin } = testServices({ fetch: network.fetch });

  const reply = await linkedin.postForm("/accessToken", { grant_type: "test" });

  assert.deepEqual(reply, { status: 200, body: { ok: true }, retryAfter: null });
  assert.equal(network.sent[0]?.url, "https://www.linkedin.com/oauth/v2/accessToken");
  assert.equal(network.sent[0]?.body, "grant_type=test&client_id=client-1&client_secret=hush");
});

test("a request carries the access token, and an answer need not be JSON", async () => {
  const network = scriptedFetch(() => new Response("<h1>busy</h1>", { status: 429, headers: { "retry-after": "7" } }));
  const { linkedin } = testServices({ fetch: network.fetch });

  const reply = await linkedin.get("/userinfo", "token-1");

  assert.deepEqual(reply, { status: 429, body: null, retryAfter: "7" });
  assert.equal(network.sent[0]?.headers.get("authorization"), "Bearer token-1");
});
