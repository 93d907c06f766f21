// usage: node bench/run/run.mjs [--agents 1,3,6,10] [--unit SECONDS] [--interlock PROGRAM]
// Runs the example's story with agents of known length and prints a page: the time of the whole run against the ideal schedule.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readPlan } from "../../examples/linkedin-oauth/agents/plan.mjs";
import { example, exampleModules, publish } from "../../build/common.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: { agents: { type: "string", default: "1,3,6,10" }, unit: { type: "string", default: "5" }, interlock: { type: "string" } },
});
const unit = Number(options.unit);
const interlock = options.interlock ? resolve(options.interlock) : publish();
const modules = exampleModules();
const story = "2.5";
const weights = { 1: 1, 2: 2, 3: 4 };
const tasks = readPlan(join(example, "plan", "IMPLEMENTATION_PLAN.md")).filter((task) => !task.done);
const lengths = Object.fromEntries(tasks.map((task) => [task.id, unit * weights[task.weight]]));

/** A fresh repository in a home of its own. */
function prepare() {
  const home = mkdtempSync(join(tmpdir(), "interlock-run-"));
  const root = join(home, "repo");
  cpSync(example, root, { recursive: true, filter: (source) => !["node_modules", "dist"].includes(basename(source)) });
  symlinkSync(modules, join(root, "node_modules"), "junction");
  writeFileSync(join(home, "lengths.txt"), Object.entries(lengths).map(([id, seconds]) => `${id}=${seconds}s\n`).join(""));
  writeFileSync(join(home, "gitconfig"), "[user]\n name = bench\n email = bench@example.invalid\n");
  writeFileSync(join(root, "interlock.json"), JSON.stringify({
    agent: { command: ["node", join(here, "agent.mjs"), JSON.stringify(lengths)] },
    checks: [{ name: "type-check", command: ["node", "node_modules/typescript/bin/tsc", "--noEmit"] }],
    worktrees: { link: ["node_modules"] },
    roster: [{ type: "dev", count: 10 }],
  }, null, 2));
  const env = { ...process.env, HOME: home, XDG_STATE_HOME: join(home, "state"), GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: join(home, "gitconfig") };
  const call = (program, args) => {
    const result = spawnSync(program, args, { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28 });
    if (result.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  };
  call("git", ["init", "--quiet", "--initial-branch=main"]);
  call("git", ["add", "--all"]);
  call("git", ["commit", "--quiet", "--message", "start"]);
  call(interlock, ["trust", "--yes"]);
  return { home, call, json: (...args) => JSON.parse(call(interlock, [...args, "--json"])) };
}

/** Median of the seconds the checks themselves took, by the log of the run. */
function checkTime(events) {
  const seconds = events.flatMap((event) => {
    const found = /; (?:(\d+) min )?([\d.]+) s, runs/.exec(event.message);
    return found ? [Number(found[1] ?? 0) * 60 + Number(found[2])] : [];
  }).sort((left, right) => left - right);
  return { median: seconds[seconds.length >> 1] ?? 0, runs: seconds.length };
}

const rows = [];
for (const agents of options.agents.split(",").map(Number)) {
  const bench = prepare();
  try {
    const started = performance.now();
    const report = bench.json("run", "--story", story, "--agents", String(agents), "--durations", join(bench.home, "lengths.txt"));
    const total = (performance.now() - started) / 1000;
    if (!report.complete || report.attempts !== tasks.length) throw new Error(`not every task landed at the first attempt: ${JSON.stringify(report)}`);
    const checks = checkTime(bench.json("log", "--kind", "check", "--limit", "1000").events);
    const pristine = prepare();
    const schedule = (landing) => pristine.json("simulate", "--story", story, "--agents", String(agents), "--durations", join(pristine.home, "lengths.txt"), "--landing", `${Math.max(0.001, landing)}s`);
    const ideal = schedule(checks.median);
    rows.push({ agents, total, ideal: ideal.makespan, bound: ideal.lower_bound, why: ideal.bound.kind, alone: schedule(0).makespan, checks });
    rmSync(pristine.home, { recursive: true, force: true, maxRetries: 3 });
    console.error(rows.at(-1));
  } finally {
    rmSync(bench.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

const work = Object.values(lengths).reduce((sum, seconds) => sum + seconds, 0);
console.log(`# A run against the ideal schedule

Made by \`node bench/run/run.mjs --agents ${options.agents} --unit ${options.unit}\`: the story of examples/linkedin-oauth, ${tasks.length} tasks, with real processes, worktrees, checks and
landings. Each agent lasts a known time (low ${unit} s, medium ${2 * unit} s, high ${4 * unit} s; ${work} s in all). The check is a type-check of the whole project.

**total** is the whole program, from its start to its end; the run is told the lengths (\`--durations\`), as a run knows them that has a past, but not how
long a landing takes. **ideal** is the schedule \`interlock simulate\` makes of these lengths under the same limits when
everything but agents and checks takes no time, and each batch of landings takes the median time of the check in that very run. **bound** is what no
schedule can beat. **agents alone** is the ideal of work that needs no check.

| agents | total | ideal | total / ideal | bound | total / bound | bound by | agents alone | check | check runs |
|---|---|---|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row.agents} | ${row.total.toFixed(1)} s | ${row.ideal.toFixed(1)} s | **${(row.total / row.ideal).toFixed(3)}** | ${row.bound.toFixed(1)} s | ${(row.total / row.bound).toFixed(3)} | ${row.why} | ${row.alone.toFixed(1)} s | ${row.checks.median.toFixed(1)} s | ${row.checks.runs} |`).join("\n")}

On a shared machine with ${cpus().length} cores, node ${process.versions.node}.`);
