import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingConnections } from "../../src/oauth/pending.js";
import { testServices } from "../support.js";

test("a state works once", () => {
  const { pending } = testServices();
  const state = pending.open("verifier");
  assert.equal(pending.take(state), "verifier");
  assert.equal(pending.take(state), null);
  assert.equal(pending.take("made up"), null);
});

test("a state works for ten minutes, not a moment longer", () => {
  let now = 0;
  const pending = new PendingConnections(() => now);
  const early = pending.open("early");
  const late = pending.open("late");
  now = 10 * 60 * 1000 - 1;
  assert.equal(pending.take(early), "early");
  now += 1;
  assert.equal(pending.take(late), null);
});
