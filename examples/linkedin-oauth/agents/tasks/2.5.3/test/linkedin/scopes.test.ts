import assert from "node:assert/strict";
import { test } from "node:test";
import { missingScopes, requestedScopes } from "../../src/linkedin/scopes.js";

test("a grant may lack scopes, and may hold more than was asked for", () => {
  assert.deepEqual(missingScopes(requestedScopes), []);
  assert.deepEqual(missingScopes(["openid", "profile", "other"]), ["email", "w_member_social"]);
});
