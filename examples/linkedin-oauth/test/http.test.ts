import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createApp } from "../src/app.js";
import { Router, serve } from "../src/http.js";
import { testServices } from "./support.js";

test("a route gets the named parts of its path and the query", async () => {
  const router = new Router([
    {
      method: "GET",
      pattern: "/things/:id",
      handle: (call) => ({ status: 200, body: `${call.params.id} ${call.query.get("q")}` }),
    },
  ]);
  assert.equal((await router.reply("GET", "/things/7?q=x")).body, "7 x");
  assert.equal((await router.reply("POST", "/things/7")).status, 404);
  assert.equal((await router.reply("GET", "/things/")).status, 404);
});

test("the service answers over a real socket, and says 500 when a route throws", async () => {
  const broken = { method: "GET", pattern: "/broken", handle: () => { throw new Error("on purpose"); } };
  const server = serve(new Router([...createApp(testServices()).routes, broken]));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { error } = console;
  console.error = () => {};
  try {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    assert.deepEqual(await (await fetch(base)).json(), { service: "linkedin-oauth-example" });
    assert.equal((await fetch(`${base}/broken`)).status, 500);
  } finally {
    console.error = error;
    server.closeAllConnections();
    server.close();
  }
});
