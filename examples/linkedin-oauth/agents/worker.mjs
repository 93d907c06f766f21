// A scripted agent: reads its task from the environment and its prompt from stdin, as a real one would,
// and writes real code. How it goes about a task stands in tasks/<id>.mjs, what it writes in tasks/<id>/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readPlan } from "./plan.mjs";

const { INTERLOCK_TASK_ID: id, INTERLOCK_AGENT_ID: agent = "agent" } = process.env;
const attempt = Number(process.env.INTERLOCK_ATTEMPT ?? "1");
const worktree = process.env.INTERLOCK_WORKTREE ?? process.cwd();
const workMs = Number(process.env.EXAMPLE_WORK_MS ?? "300");

const log = (text) => console.log(`[${agent}] ${text}`);

function fail(text) {
  console.error(`[${agent}] ${text}`);
  process.exit(1);
}

function write(path, text) {
  const target = join(worktree, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  log(`wrote ${path} (${text.split("\n").length - 1} lines)`);
}

/** The text the task's folder holds for a file of the project. */
const template = (path) => readFileSync(new URL(`./tasks/${id}/${path}`, import.meta.url), "utf8").replaceAll("\r\n", "\n");

const copy = (path) => write(path, template(path));

/** Inserts lines after the line `after`; does nothing when an earlier attempt has done so already. */
function edit(path, { after, insert }) {
  const target = join(worktree, path);
  const text = readFileSync(target, "utf8").replaceAll("\r\n", "\n");
  if (text.includes(insert)) return log(`${path} has the change already`);
  const at = text.indexOf(`${after}\n`);
  if (at < 0) fail(`${path} has no line "${after.trim()}" to add to`);
  const end = at + after.length + 1;
  writeFileSync(target, text.slice(0, end) + insert + text.slice(end));
  log(`edited ${path}`);
}

async function readPrompt() {
  if (process.stdin.isTTY) return "";
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  return text;
}

if (!id) fail("INTERLOCK_TASK_ID is not set: this agent is started by `interlock run`");
const task = readPlan(join(worktree, "plan/IMPLEMENTATION_PLAN.md")).find((candidate) => candidate.id === id);
const script = new URL(`./tasks/${id}.mjs`, import.meta.url);
if (!task || !existsSync(script)) fail(`task ${id} is none this agent knows`);

const prompt = await readPrompt();
log(`task ${id}, attempt ${attempt}: ${task.title}`);
log(`read a prompt of ${prompt.length} characters`);
const { work } = await import(script);

// Half of the time passes before the first file, half after the last.
const pause = () => sleep((workMs * task.weight) / 2);
await pause();
await work({ attempt, prompt, template, copy, write, edit, log, sleep: pause });
await pause();
log(`done with ${id}`);
