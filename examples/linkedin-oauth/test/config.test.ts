import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../src/config.js";

test("the port has a default and must be a port", () => {
  assert.equal(readConfig({}).port, 3000);
  assert.equal(readConfig({ PORT: "8080" }).port, 8080);
  assert.throws(() => readConfig({ PORT: "many" }), /PORT must be a number/);
});
