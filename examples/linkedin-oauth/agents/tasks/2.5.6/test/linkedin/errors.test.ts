import assert from "node:assert/strict";
import { test } from "node:test";
import { errorFrom } from "../../src/linkedin/errors.js";

const kind = (status: number, body: unknown = null) => errorFrom({ status, body, retryAfter: null }).kind;

test("the kind of an error says what can be done about it", () => {
  assert.equal(kind(401), "expired");
  assert.equal(kind(400, { error: "invalid_grant" }), "expired");
  assert.equal(kind(400, { error: "invalid_request" }), "denied");
  assert.equal(kind(403), "denied");
  assert.equal(kind(503), "down");
  assert.equal(kind(418), "unexpected");
});

test("a throttled request knows when to come back, if LinkedIn said so", () => {
  assert.equal(errorFrom({ status: 429, body: null, retryAfter: "30" }).retryAfterMs, 30_000);
  assert.equal(errorFrom({ status: 429, body: null, retryAfter: "soon" }).retryAfterMs, null);
});

test("the message names status and code, never the whole answer", () => {
  const error = errorFrom({ status: 400, body: { error: "invalid_grant", token: "hush" }, retryAfter: null });
  assert.equal(error.message, "LinkedIn answered 400 (invalid_grant)");
});
