import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchProfile } from "../../src/linkedin/profile.js";
import { json, scriptedFetch, testServices } from "../support.js";

const clientFor = (answer: () => Response) => testServices({ fetch: scriptedFetch(answer).fetch }).linkedin;

test("a profile is an id and a name", async () => {
  const profile = await fetchProfile(clientFor(json({ sub: "m1", name: "Ada" })), "token");
  assert.deepEqual(profile, { memberId: "m1", name: "Ada" });
});

test("a member without a name goes by the id", async () => {
  assert.equal((await fetchProfile(clientFor(json({ sub: "m1" })), "token")).name, "m1");
});

test("an expired token and a profile without an id are told apart", async () => {
  await assert.rejects(fetchProfile(clientFor(json({}, 401)), "token"), { kind: "expired" });
  await assert.rejects(fetchProfile(clientFor(json({})), "token"), { kind: "unexpected" });
});
