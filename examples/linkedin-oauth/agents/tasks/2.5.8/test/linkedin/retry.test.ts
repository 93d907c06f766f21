import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkedInError } from "../../src/linkedin/errors.js";
import { retryThrottled } from "../../src/linkedin/retry.js";

/** Fails with each error in turn, then succeeds; tells how long it was made to wait. */
async function run(attempts: number, ...errors: Error[]) {
  const waits: number[] = [];
  const call = async () => {
    const error = errors.shift();
    if (error) throw error;
    return "done";
  };
  const result = await retryThrottled(call, { attempts, wait: async (ms) => void waits.push(ms) }).catch((e: Error) => e.message);
  return { result, waits };
}

test("the pause is the one LinkedIn names, up to a minute", async () => {
  const { result, waits } = await run(3, new LinkedInError("throttled", "slow", 7_000), new LinkedInError("down", "gone", 3_600_000));
  assert.equal(result, "done");
  assert.deepEqual(waits, [7_000, 60_000]);
});

test("without a named pause it doubles", async () => {
  const down = () => new LinkedInError("down", "gone");
  assert.deepEqual((await run(4, down(), down(), down())).waits, [1_000, 2_000, 4_000]);
});

test("a denial is final, and so is the last attempt", async () => {
  assert.deepEqual(await run(3, new LinkedInError("denied", "no")), { result: "no", waits: [] });
  assert.deepEqual(await run(1, new LinkedInError("down", "gone")), { result: "gone", waits: [] });
});
