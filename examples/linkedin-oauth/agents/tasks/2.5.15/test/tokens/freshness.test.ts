import assert from "node:assert/strict";
import { test } from "node:test";
import { freshness, renewAheadMs } from "../../src/tokens/freshness.js";

test("a token is due five minutes before it expires", () => {
  const end = 10 * renewAheadMs;
  assert.equal(freshness(end, end - renewAheadMs - 1), "fresh");
  assert.equal(freshness(end, end - renewAheadMs), "due");
  assert.equal(freshness(end, end - 1), "due");
  assert.equal(freshness(end, end), "expired");
});
