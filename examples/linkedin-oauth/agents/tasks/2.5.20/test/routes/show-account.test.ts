import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/app.js";
import { anAccount, testServices } from "../support.js";

test("one account is shown without its tokens, an unknown one is not found", async () => {
  const services = testServices();
  services.accounts.save(anAccount({ sealedTokens: "sealed" }));
  const app = createApp(services);

  assert.deepEqual((await app.reply("GET", "/accounts/a1")).body, {
    id: "a1",
    name: "Ada",
    status: "connected",
    connectedAt: "2030-01-01T12:00:00.000Z",
  });
  assert.equal((await app.reply("GET", "/accounts/a2")).status, 404);
});
