import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/app.js";
import { json, scriptedFetch, testServices } from "../support.js";

test("health sums up LinkedIn and the tokens", async () => {
  const reply = await createApp(testServices({ fetch: scriptedFetch(json({}, 401)).fetch })).reply("GET", "/health");
  assert.deepEqual(reply, {
    status: 200,
    body: {
      linkedin: { reachable: true, checkedAt: "2030-01-01T12:00:00.000Z" },
      tokens: { fresh: 0, due: 0, expired: 0 },
    },
  });
});

test("the service is unwell while LinkedIn is down", async () => {
  const app = createApp(testServices({ fetch: scriptedFetch(json({}, 503)).fetch }));
  assert.equal((await app.reply("GET", "/health")).status, 503);
});
