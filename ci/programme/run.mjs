// Runs one part of the fault programme in a process of its own and judges what it reported.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { artifacts, must } from "../../build/common.mjs";

const windows = process.platform === "win32";
const folder = join(artifacts, "faults");
const release = join(artifacts, "bin", "Interlock.Tests", "release", windows ? "Interlock.Tests.exe" : "Interlock.Tests");

/** Past this a part hangs: it is killed with everything it started, and has failed. */
const patience = { quick: 10, ci: 30, full: 180 };

/** Release, because a million schedules are asked for; building what is built takes seconds. */
export function build() {
  must("dotnet", ["build", join("tests", "Interlock.Tests"), "--configuration", "Release", "--verbosity", "quiet"]);
}

/** { part, verdict: passed | failed | skipped, reasons, seconds, seed, figures }. */
export async function runPart(part, size, seed) {
  mkdirSync(folder, { recursive: true });
  const file = (ending) => join(folder, `${part.name}.${ending}`);
  const [log, report, figures] = [file("log"), file("tests.json"), file("figures.jsonl")];
  for (const path of [log, report, figures]) rmSync(path, { force: true });

  const args = ["-trait", `programme=${part.name}`, "-noLogo", "-noColor", "-noAutoReporters", "-showLiveOutput", "-result-ctrf", report];
  const env = { ...process.env, INTERLOCK_FAULTS_SIZE: size, INTERLOCK_FAULTS_SEED: String(seed), INTERLOCK_FAULTS_REPORT: figures };
  const started = performance.now();
  const end = await runProcess(args, env, log, patience[size] * 60_000);
  const seconds = Math.round((performance.now() - started) / 1000);
  const judged = judge(part, size, end, tests(report), sum(figures));
  if (judged.verdict === "failed") console.error(tail(log));
  return { part, seed, seconds, ...judged };
}

function runProcess(args, env, log, milliseconds) {
  const output = openSync(log, "w");
  return new Promise((resolve) => {
    // A group of its own, so that a part that hangs goes with all its children and nobody else's.
    const child = spawn(release, args, { env, stdio: ["ignore", output, output], detached: !windows });
    const kill = () => {
      try {
        process.kill(windows ? child.pid : -child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    };
    let late = false;
    const clock = setTimeout(() => ((late = true), kill()), milliseconds);
    const onSignal = () => (kill(), process.exit(130));
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, onSignal);
    const finish = (end) => {
      clearTimeout(clock);
      for (const signal of ["SIGINT", "SIGTERM"]) process.removeListener(signal, onSignal);
      closeSync(output);
      resolve(end);
    };
    child.on("error", (error) => finish({ code: 1, why: error.message }));
    child.on("exit", (code, signal) => finish({ code: code ?? 1, why: late ? `killed after ${milliseconds / 60_000} minutes` : signal ? `ended by ${signal}` : null }));
  });
}

function tests(report) {
  return existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).results.tests : [];
}

/** The figures of all tests of a part: counts of the same thing add up, and so do their bounds. */
function sum(path) {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)) : [];
  const figures = new Map();
  for (const { what, count, least, most } of lines.flatMap((line) => line.figures)) {
    const known = figures.get(what) ?? { what, count: 0, least: 0, most: 0 };
    const unbounded = most === null || most > Number.MAX_SAFE_INTEGER || known.most === null;
    figures.set(what, { what, count: known.count + count, least: known.least + least, most: unbounded ? null : known.most + most });
  }
  return [...figures.values()];
}

export function judge(part, size, end, run, figures) {
  const reasons = [];
  if (end.why) reasons.push(end.why);
  const named = (status) => run.filter((test) => status.includes(test.status)).map(({ name, message }) => `${name}${message ? `: ${message.split("\n")[0]}` : ""}`);
  for (const name of named(["failed", "other"])) reasons.push(name);
  if (run.length === 0 && !end.why) reasons.push(`no test has the trait programme=${part.name}`);
  const skipped = named(["skipped", "pending"]);
  if (run.length > 0 && figures.length === 0 && skipped.length < run.length) reasons.push("it reported no figures");
  for (const { what, count, least, most } of figures) {
    if (count < least) reasons.push(`${what}: ${count} is below ${least}`);
    if (most !== null && count > most) reasons.push(`${what}: ${count} is above ${most}`);
  }
  if (skipped.length === 0) reasons.push(...missing(part[size] ?? [], figures));
  if (end.code !== 0 && reasons.length === 0) reasons.push(`it ended with exit code ${end.code}`);
  const verdict = reasons.length > 0 ? "failed" : skipped.length > 0 ? "skipped" : "passed";
  return { verdict, reasons: reasons.length > 0 ? reasons : skipped, figures };
}

/** Each figure that the programme asks for must be one that a test asked of itself; one test's figure counts for one. */
function missing(asked, figures) {
  const left = figures.map(({ least }) => least);
  return [...asked].sort((a, b) => b - a).flatMap((figure) => {
    const best = left.indexOf(Math.max(...left));
    if (best < 0 || left[best] < figure) return [`no test asks itself for ${figure.toLocaleString("en")}`];
    left.splice(best, 1);
    return [];
  });
}

function tail(log) {
  return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").slice(-40).join("\n") : "it left no output";
}
