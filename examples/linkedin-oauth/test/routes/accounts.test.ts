import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../../src/app.js";
import { anAccount, testServices } from "../support.js";

test("accounts are listed without their tokens", async () => {
  const services = testServices();
  services.accounts.save(anAccount({ sealedTokens: "sealed" }));

  const reply = await createApp(services).reply("GET", "/accounts");

  assert.deepEqual(reply.body, [
    { id: "a1", name: "Ada", status: "connected", connectedAt: "2030-01-01T12:00:00.000Z" },
  ]);
});
