import assert from "node:assert/strict";
import { test } from "node:test";
import { noon, testServices } from "../support.js";

test("the trail of an account tells what happened to it and when, oldest first", () => {
  const { audit } = testServices();
  audit.record("a1", "connected");
  audit.record("a2", "connected");
  audit.record("a1", "disconnected");
  assert.deepEqual(audit.read("a1"), [
    { at: noon, accountId: "a1", what: "connected" },
    { at: noon, accountId: "a1", what: "disconnected" },
  ]);
});
