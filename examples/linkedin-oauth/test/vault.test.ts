import assert from "node:assert/strict";
import { test } from "node:test";
import { Vault } from "../src/vault.js";

test("what was sealed opens again, and never looks the same twice", () => {
  const vault = new Vault("secret");
  const sealed = vault.seal("token");
  assert.equal(vault.open(sealed), "token");
  assert.notEqual(vault.seal("token"), sealed);
});

test("another secret opens nothing", () => {
  const sealed = new Vault("secret").seal("token");
  assert.throws(() => new Vault("guess").open(sealed));
});
