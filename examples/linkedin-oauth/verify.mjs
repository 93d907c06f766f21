// Proves the example without Interlock: whatever order the dependencies allow, each state type-checks, the tests pass,
// agents touch only the files their task declares, and what was written in parallel from one base merges.
// usage: node verify.mjs [--orders N] [--seed N] [--thorough]
//   --thorough                  runs the tests after each task, not only at the end of an order
//   INTERLOCK_EXAMPLE_MODULES   a node_modules folder to use instead of the one here
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readPlan } from "./agents/plan.mjs";

const example = dirname(fileURLToPath(import.meta.url));
const modules = resolve(process.env.INTERLOCK_EXAMPLE_MODULES ?? join(example, "node_modules"));
const { values: options } = parseArgs({
  options: { orders: { type: "string" }, seed: { type: "string" }, thorough: { type: "boolean" } },
});
const orders = Number(options.orders ?? 5);
const seed = Number(options.seed ?? Math.floor(Math.random() * 1e9));
const redAtFirst = "2.5.5";
const diesAtFirst = "2.5.13";

if (!existsSync(join(modules, "typescript"))) {
  console.error(`no typescript in ${modules}: run "npm ci" in ${example} first`);
  process.exit(3);
}
const ts = createRequire(join(modules, "typescript", "package.json"))("typescript");
const story = readPlan(join(example, "plan/IMPLEMENTATION_PLAN.md")).filter((task) => task.id.startsWith("2.5."));
const random = seeded(seed);
let passed = 0;
let failed = 0;

function check(name, problem) {
  if (!problem) return void passed++;
  failed++;
  console.error(`FAILED  ${name}\n${problem}\n`);
}

/** Small and repeatable (mulberry32): a failure is found again by its seed. */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function ready(done) {
  return story.filter((task) => !done.has(task.id) && task.dependencies.every((id) => done.has(id)));
}

function randomOrder() {
  const done = new Set();
  const order = [];
  while (order.length < story.length) {
    const open = ready(done);
    if (open.length === 0) throw new Error("the plan has a cycle");
    const next = open[Math.floor(random() * open.length)];
    done.add(next.id);
    order.push(next);
  }
  return order;
}

function git(root, ...args) {
  const settings = ["user.name=verify", "user.email=verify@example.invalid", "core.autocrlf=false", "commit.gpgsign=false"]
    .flatMap((setting) => ["-c", setting]);
  const result = spawnSync("git", [...settings, ...args], { cwd: root, encoding: "utf8" });
  if (result.status !== 0) throw new Error(`git ${args.join(" ")}: ${result.error?.message ?? result.stdout + result.stderr}`);
  return result.stdout;
}

function npm(root, ...args) {
  // npm is a batch file on Windows, which only a shell can start; the arguments are all constants of this file.
  const windows = process.platform === "win32";
  const result = windows
    ? spawnSync(`npm ${args.join(" ")}`, { cwd: root, encoding: "utf8", shell: true })
    : spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  return result.status === 0 ? null : result.stdout + result.stderr;
}

function inFreshCopy(work) {
  const root = mkdtempSync(join(tmpdir(), "linkedin-oauth-"));
  try {
    const left = ["node_modules", "dist"];
    cpSync(example, root, { recursive: true, filter: (source) => !left.includes(basename(source)) });
    symlinkSync(modules, join(root, "node_modules"), "junction");
    git(root, "init", "--quiet", "--initial-branch=main");
    commit(root, "base");
    work(root);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

function commit(root, subject) {
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", subject);
}

function runAgent(root, task, attempt) {
  const env = {
    ...process.env,
    INTERLOCK_TASK_ID: task.id,
    INTERLOCK_ATTEMPT: String(attempt),
    INTERLOCK_AGENT_ID: "verify",
    INTERLOCK_WORKTREE: root,
    EXAMPLE_WORK_MS: "0",
  };
  return spawnSync(process.execPath, ["agents/worker.mjs"], { cwd: root, env, input: `Task ${task.id}`, encoding: "utf8" });
}

/** Runs a task to its end, through the failure it is scripted to have. `keep`: attempt 2 finds what attempt 1 left. */
function complete(root, task, keep) {
  const first = runAgent(root, task, 1);
  const misbehaves = task.id === redAtFirst || task.id === diesAtFirst;
  if (task.id === redAtFirst) check(`${task.id} attempt 1 is red`, /TS2551|TS2339/.test(typeErrors(root) ?? "") ? null : "no type error");
  if (task.id === diesAtFirst) {
    check(`${task.id} attempt 1 dies`, first.status === 0 ? "it exited 0" : null);
    check(`${task.id} attempt 1 leaves half a file`, typeErrors(root) ? null : "no half-written file");
  }
  if (misbehaves && !keep) {
    git(root, "reset", "--quiet", "--hard");
    git(root, "clean", "--quiet", "-d", "--force");
  }
  const last = misbehaves ? runAgent(root, task, 2) : first;
  check(`agent of ${task.id}`, last.status === 0 ? null : last.stdout + last.stderr);

  const touched = git(root, "status", "--porcelain", "--untracked-files=all").split("\n").filter(Boolean).map((line) => line.slice(3));
  const same = touched.sort().join() === [...task.files].sort().join();
  check(`files of ${task.id}`, same ? null : `declared ${task.files.join(", ")}\ntouched  ${touched.join(", ")}`);
}

const libraries = new Map();

/** What `npm run type-check` would print, in a quarter of the time: parsed declarations of packages are kept. */
function typeErrors(root) {
  const project = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(project, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root, undefined, project);
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    if (!name.includes("node_modules")) return getSourceFile(name, ...rest);
    if (!libraries.has(name)) libraries.set(name, getSourceFile(name, ...rest));
    return libraries.get(name);
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, { ...options, noEmit: true }, host));
  return found.length === 0 ? null : ts.formatDiagnostics(found, host);
}

function serially(number) {
  const order = randomOrder();
  console.log(`order ${number}: ${order.map((task) => task.id.slice("2.5.".length)).join(" ")}`);
  inFreshCopy((root) => {
    for (const task of order) {
      complete(root, task, number % 2 === 1);
      check(`order ${number}: types after ${task.id}`, typeErrors(root));
      if (options.thorough) check(`order ${number}: tests after ${task.id}`, npm(root, "test", "--silent"));
      commit(root, task.id);
    }
    check(`order ${number}: type-check at the end`, npm(root, "run", "--silent", "type-check"));
    check(`order ${number}: tests at the end`, npm(root, "test", "--silent"));
  });
}

/** All tasks that are ready start from one base and are merged one after the other, as wide as the plan allows. */
function inWaves() {
  inFreshCopy((root) => {
    const done = new Set();
    while (done.size < story.length) {
      const wave = ready(done);
      console.log(`wave of ${wave.length}: ${wave.map((task) => task.id.slice("2.5.".length)).join(" ")}`);
      for (const task of wave) {
        git(root, "checkout", "--quiet", "-b", `task-${task.id}`, "main");
        complete(root, task, true);
        commit(root, task.id);
      }
      git(root, "checkout", "--quiet", "main");
      for (const task of wave) {
        try {
          git(root, "merge", "--quiet", "--no-edit", `task-${task.id}`);
          check(`merge of ${task.id}`, typeErrors(root));
        } catch (conflict) {
          check(`merge of ${task.id}`, conflict.message);
          git(root, "merge", "--abort");
        }
        done.add(task.id);
      }
    }
    check("tests after all waves", npm(root, "test", "--silent"));
  });
}

console.log(`seed ${seed}`);
check("the story has 25 tasks", story.length === 25 ? null : `it has ${story.length}`);
for (let number = 1; number <= orders; number++) serially(number);
inWaves();
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
