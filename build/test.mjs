// usage: node build/test.mjs [--quick]     sets everything up and runs every test; the last line has the totals
//   --quick   one order of the example instead of five, the program as built instead of published natively, and the fault
//             programme at the size of an ordinary test instead of by itself for ten minutes and more
//   CI=true   a test that was skipped without a reason known below is a failure
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkPage, countOf, runProgramme } from "../ci/programme/programme.mjs";
import { build as buildFaults } from "../ci/programme/run.mjs";
import { artifacts, example, exampleModules, must, publish, requireTools, root, run, step } from "./common.mjs";

/** Skips that are right even in CI, by what their message says. */
const allowedSkips = [
  { message: /INTERLOCK_CORPUS/, reason: "the real plans of others are not part of this repository" },
  { message: /no time namespaces here/, reason: "not every kernel has them" },
];

const quick = process.argv.includes("--quick");
const inCi = process.env.CI === "true";
const windows = process.platform === "win32";
const totals = { passed: 0, failed: 0, skipped: 0 };
const complaints = [];
const failures = [];

requireTools();

step("Building");
restore();
must("dotnet", ["build", "Interlock.slnx", "--no-restore", "--verbosity", "quiet"]);

step(quick ? "Using the program as built" : "Publishing interlock");
const built = join(artifacts, "bin", "Interlock.App", "debug", windows ? "interlock.exe" : "interlock");
const program = quick ? built : publish();

step("Installing the example's packages");
const modules = exampleModules();

const env = { INTERLOCK_EXE: program, INTERLOCK_EXAMPLE_MODULES: modules };
const corpus = process.env.INTERLOCK_CORPUS ?? join(root, "..", "shared", "corpus");
if (existsSync(corpus)) env.INTERLOCK_CORPUS = corpus;

step("Testing the example by itself");
testExample();

step("Testing Interlock");
testInterlock();

step("Replaying a real history");
replayHistory();

step("Asking the MCP server with other people's clients");
askMcp();

step("Trying real agent CLIs");
tryClis();

if (!quick) await testFaults();
if (!checkPage()) complaints.push("the table of docs/reliability.md is not the one of its data");

if (totals.passed + totals.failed === 0) complaints.push("no test ran");
// Told again, because whoever sees only the end of a long log asks for just this.
if (failures.length > 0) step("What failed");
for (const failure of failures) console.log(failure);
for (const complaint of complaints) console.error(`error: ${complaint}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 && complaints.length === 0 ? 0 : 1);

/** Locked, so that what was reviewed is what is built; elsewhere than in CI another SDK may bring other tools along. */
function restore() {
  if (run("dotnet", ["restore", "Interlock.slnx", "--locked-mode", "--verbosity", "quiet"]) === 0) return;
  if (inCi) must("dotnet", ["restore", "Interlock.slnx", "--locked-mode"]);
  console.log("note: the lock files were made with another SDK or on another platform; restoring without them");
  must("dotnet", ["restore", "Interlock.slnx", "--force-evaluate", "--verbosity", "quiet"]);
}

function testExample() {
  const args = [join(example, "verify.mjs"), ...(quick ? ["--orders", "1"] : [])];
  const result = spawnSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 1 << 26 });
  console.log((result.stdout + result.stderr).trimEnd());
  failures.push(...failedIn(result.stdout + result.stderr, "examples/linkedin-oauth/verify.mjs"));
  const counts = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(result.stdout);
  add(counts?.slice(1).map(Number) ?? [0, 0, 0]);
  if (!counts || (result.status !== 0 && counts[2] === "0")) complaints.push("the example's verify.mjs did not finish");
}

function replayHistory() {
  addScript("replay.mjs", "--quick");
}

/** By itself and larger, so the ordinary run leaves these tests out. */
async function testFaults() {
  step("Building the fault programme");
  buildFaults();
  // The program is started thousands of times: the native one, which people have, starts many times faster.
  process.env.INTERLOCK_EXE = program;
  // One seed, so that a red run is about the change and not about luck; other seeds are for ci/faults.
  const results = await runProgramme({ size: "ci", seed: 7 });
  add(countOf(results));
  if (!inCi) return;
  for (const { part, reasons } of results.filter(({ verdict, reasons }) => verdict === "skipped" && !reasons.every(mayBeSkipped))) {
    complaints.push(`a part of the fault programme was skipped in CI: ${part.name} (${reasons.join("; ")})`);
  }
}

function askMcp() {
  const skipped = addScript("mcp.mjs", "--program", program);
  if (inCi && skipped > 0) complaints.push("a check of the MCP server was skipped in CI");
}

/** Other people's programs, which a machine may not be able to install: it says so, and that is no failure, in CI neither. */
function tryClis() {
  addScript("agents.mjs", "--program", program);
}

/** Runs a script of ci/ whose last line has totals; returns how much of it was skipped. */
function addScript(name, ...args) {
  const result = spawnSync(process.execPath, [join(root, "ci", name), ...args], { encoding: "utf8", maxBuffer: 1 << 26 });
  console.log((result.stdout + result.stderr).trimEnd());
  failures.push(...failedIn(result.stdout + result.stderr, `ci/${name}`));
  const counts = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(result.stdout)?.slice(1).map(Number);
  if (!counts) complaints.push(`ci/${name} did not finish`);
  add(counts ?? [0, 0, 0]);
  return counts?.[2] ?? 0;
}

function testInterlock() {
  const report = join(artifacts, "test-report.json");
  rmSync(report, { force: true });
  const runner = join(artifacts, "bin", "Interlock.Tests", "debug", windows ? "Interlock.Tests.exe" : "Interlock.Tests");
  const code = run(runner, ["-noLogo", "-noColor", "-result-ctrf", report, ...(quick ? [] : ["-trait-", "programme=*"])], { env });
  if (!existsSync(report)) return void complaints.push(`the tests left no report (exit code ${code})`);

  const { summary, tests } = JSON.parse(readFileSync(report, "utf8")).results;
  add([summary.passed, summary.failed + summary.other, summary.skipped + summary.pending]);
  for (const { name, message } of tests.filter(({ status }) => status === "failed" || status === "other")) {
    failures.push(`Interlock.Tests: ${name}\n${(message ?? "").split("\n").slice(0, 12).join("\n")}`);
  }
  if (summary.passed + summary.failed === 0) complaints.push("no test of Interlock ran");
  if (code !== 0 && summary.failed + summary.other === 0) complaints.push(`the tests ended with exit code ${code}, though none failed`);
  if (!inCi) return;
  for (const test of tests.filter(({ status }) => status === "skipped" || status === "pending")) {
    if (!mayBeSkipped(test.message ?? "")) complaints.push(`skipped in CI without a known reason: ${test.name} (${test.message ?? "no message"})`);
  }
}

function mayBeSkipped(message) {
  return allowedSkips.some((allowed) => allowed.message.test(message));
}

/** The scripts' own lines of what failed, each with what is indented below it. */
function failedIn(text, name) {
  return [...text.matchAll(/^(?:FAILED|not the next version).*(?:\n[ \t]+.*){0,12}/gm)].map(([found]) => `${name}: ${found}`);
}

function add([passed, failed, skipped]) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
}
