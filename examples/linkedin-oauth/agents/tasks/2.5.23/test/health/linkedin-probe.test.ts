import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkedInProbe } from "../../src/health/linkedin-probe.js";
import { json, scriptedFetch, testServices } from "../support.js";

function probeFor(...answers: Array<() => Response>) {
  const clock = { now: 0 };
  const network = scriptedFetch(...answers);
  const { linkedin } = testServices({ fetch: network.fetch });
  return { probe: new LinkedInProbe(linkedin, () => clock.now), clock, network };
}

test("a refusal counts as an answer, a server error and silence do not", async () => {
  assert.equal((await probeFor(json({}, 401)).probe.check()).reachable, true);
  assert.equal((await probeFor(json({}, 503)).probe.check()).reachable, false);
  assert.equal((await probeFor().probe.check()).reachable, false);
});

test("LinkedIn is asked once a minute", async () => {
  const { probe, clock, network } = probeFor(json({}, 401), json({}, 503));
  await probe.check();
  clock.now = 59_999;
  assert.deepEqual(await probe.check(), { reachable: true, checkedAt: 0 });
  clock.now = 60_000;
  assert.deepEqual(await probe.check(), { reachable: false, checkedAt: 60_000 });
  assert.equal(network.sent.length, 2);
});
