import assert from "node:assert/strict";
import { test } from "node:test";
import { SingleFlight } from "../../src/tokens/single-flight.js";

test("callers at the same time share one run, later ones start their own", async () => {
  const flights = new SingleFlight<number>();
  let runs = 0;
  const work = async () => ++runs;

  assert.deepEqual(await Promise.all([flights.run("a", work), flights.run("a", work)]), [1, 1]);
  assert.equal(await flights.run("a", work), 2);
});

test("keys do not wait for each other", async () => {
  const flights = new SingleFlight<string>();
  const never = () => new Promise<string>(() => {});
  void flights.run("a", never);
  assert.equal(await flights.run("b", async () => "done"), "done");
});

test("a failure reaches everyone who shared it, and is not kept", async () => {
  const flights = new SingleFlight<string>();
  const fail = () => Promise.reject(new Error("down"));
  const outcomes = await Promise.allSettled([flights.run("a", fail), flights.run("a", fail)]);
  assert.deepEqual(outcomes.map((outcome) => outcome.status), ["rejected", "rejected"]);
  assert.equal(await flights.run("a", async () => "up again"), "up again");
});
