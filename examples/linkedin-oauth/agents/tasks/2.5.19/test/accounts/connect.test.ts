import assert from "node:assert/strict";
import { test } from "node:test";
import { connectAccount } from "../../src/accounts/connect.js";
import { noon, testServices } from "../support.js";

const tokens = (accessToken: string) => ({
  accessToken,
  accessExpiresAt: noon,
  refreshToken: null,
  refreshExpiresAt: null,
  scopes: [],
});

test("tokens are sealed before they are kept", () => {
  const services = testServices();
  const account = connectAccount(services, { memberId: "m1", name: "Ada" }, tokens("hush-1"));

  assert.ok(!JSON.stringify(services.accounts.all()).includes("hush-1"));
  assert.deepEqual(JSON.parse(services.vault.open(account.sealedTokens ?? "")), tokens("hush-1"));
});

test("a member who connects again keeps the account", () => {
  const services = testServices();
  const first = connectAccount(services, { memberId: "m1", name: "Ada" }, tokens("a"));
  const again = connectAccount(services, { memberId: "m1", name: "Ada L." }, tokens("b"));

  assert.equal(again.id, first.id);
  assert.equal(services.accounts.all().length, 1);
  assert.equal(services.accounts.find(first.id)?.name, "Ada L.");
  assert.deepEqual(services.audit.read(first.id).map((entry) => entry.what), ["connected", "connected again"]);
});
