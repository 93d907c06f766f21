import assert from "node:assert/strict";
import { test } from "node:test";
import { challengeFor, createVerifier } from "../../src/oauth/pkce.js";

test("the challenge is that of RFC 7636, appendix B", () => {
  const challenge = challengeFor("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  assert.equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});

test("verifiers are long enough and differ", () => {
  assert.match(createVerifier(), /^[A-Za-z0-9_-]{43}$/);
  assert.notEqual(createVerifier(), createVerifier());
});
