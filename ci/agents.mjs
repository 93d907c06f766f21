// usage: node ci/agents.mjs [--all] [--only claude,together] [--program PATH] [--write]     tries the whole way with real agent CLIs
// Each CLI is installed from npm, led to a model that plays a script, and works by `interlock run` in a network of its own that leads
// nowhere. Without --all only the two smallest. --write renews their lines in docs/agents-report.md. The last line has the totals.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debugBuild, exampleModules, root, step, stop } from "../build/common.mjs";
import { cases } from "./agents/cases.mjs";
import { clis } from "./agents/clis.mjs";
import { install, versionOf } from "./agents/install.mjs";
import { page, recordCase } from "./agents/report.mjs";

/** The machine as it is, but for its network. Another view of processes would keep the sandbox of the run from being made within. */
const ownNetwork = ["--dev-bind", "/", "/", "--unshare-net", "--die-with-parent", "--"];

const given = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const all = process.argv.includes("--all");
const only = given("--only")?.split(",");

const unknown = only?.find((name) => !cases.some((one) => one.name === name));
if (unknown) stop(`there is no case '${unknown}'; there are: ${cases.map(({ name }) => name).join(", ")}`, 2);
const program = given("--program") ?? debugBuild(join("src", "Interlock.App"), "interlock");
if (!existsSync(program)) stop(`${program} is not there`);
const model = debugBuild(join("tests", "ModelServer"), "model-server");

const totals = { passed: 0, failed: 0, skipped: 0 };
const installed = new Map();
for (const one of chosen()) {
  step(one.title);
  const why = whyNot(one);
  if (why) skip(one, why);
  else played(one);
}

if (!page.isCurrent()) fail("the table of docs/agents-report.md is the one of its data", "node ci/agents.mjs --write makes it anew");
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

function chosen() {
  if (only) return cases.filter(({ name }) => only.includes(name));
  return all ? cases : cases.filter(({ name }) => clis[name]?.always);
}

/** Why a case cannot be played here; null when it can. */
function whyNot({ clis: names }) {
  if (process.platform !== "linux") return "networks of their own are made on Linux alone";
  if (spawnSync("bwrap", [...ownNetwork, "true"]).status !== 0) return "bwrap (bubblewrap) cannot make a network of its own here";
  for (const name of names) {
    if (!installed.has(name)) installed.set(name, install(name));
    const { problem } = installed.get(name);
    if (problem) return `${name} ${versionOf(name)} could not be installed: ${problem}`;
  }
  return null;
}

function played(one) {
  // Short, as the names of sockets are cut.
  const folder = mkdtempSync(join(tmpdir(), "ilk-cli-"));
  try {
    mkdirSync(join(folder, "home"));
    const places = one.clis.map((name) => ({ name, ...installed.get(name) }));
    const play = join(folder, "play.json");
    // Installed out here, where there is a network.
    const modules = one.story === "example" ? exampleModules() : null;
    writeFileSync(play, JSON.stringify({ ...one, folder, interlock: program, model, clis: places, modules }));
    const env = { PATH: process.env.PATH, HOME: join(folder, "home"), ...(process.env.DOTNET_ROOT ? { DOTNET_ROOT: process.env.DOTNET_ROOT } : {}) };
    const result = spawnSync("bwrap", [...ownNetwork, process.execPath, join(root, "ci", "agents", "play.mjs"), play], { env, encoding: "utf8", maxBuffer: 1 << 26, timeout: (one.kills ? 20 : 6) * 60 * 1000, killSignal: "SIGKILL" });
    tell(one, result);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function tell(one, result) {
  let outcome = { verdicts: [{ what: "it is played to its end", good: false, details: `exit code ${result.status}\n${result.stdout}\n${result.stderr}` }], seconds: 0 };
  try {
    outcome = JSON.parse(result.stdout);
  } catch {
    // What it printed instead is shown as the details.
  }
  for (const { what, good, details } of outcome.verdicts) {
    if (good) pass(what);
    else fail(what, details);
  }
  console.log(`${outcome.seconds.toFixed(1)} s`);
  if (process.argv.includes("--write")) recordCase({ one, ...outcome }, installed);
}

function pass(what) {
  totals.passed++;
  console.log(`ok  ${what}`);
}

function fail(what, details) {
  totals.failed++;
  console.log(`FAILED  ${what}`);
  console.log(details.trimEnd().replaceAll(/^/gm, "    "));
}

function skip(one, why) {
  totals.skipped++;
  console.log(`skipped  ${one.title}: ${why}`);
}
