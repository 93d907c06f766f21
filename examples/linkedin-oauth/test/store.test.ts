import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountStore } from "../src/store.js";
import { anAccount } from "./support.js";

test("an account is found by its id and by its member", () => {
  const store = new AccountStore();
  store.save(anAccount());
  assert.equal(store.find("a1")?.name, "Ada");
  assert.equal(store.findByMember("m1")?.id, "a1");
  assert.equal(store.find("a2"), null);
});
