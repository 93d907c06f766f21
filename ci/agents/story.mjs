// A small repository with a plan, and what the scripted model does with each of its tasks.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const story = "1.1";
export const holder = "keeper-1";
export const held = "src/held.txt";

const worktree = "(/[^\\s\"'`<>]*/interlock/worktrees/[^/\\s\"'`<>]+/[0-9.]+-[0-9]+)";

/** One task: its agent changes `file`, leases and makes `extra`, and tries the held file on the way. */
export function taskOf({ id, cli, after }) {
  const name = id.replaceAll(".", "-");
  return { id, after, agent: `${cli}-1`, file: `src/part-${name}.txt`, extra: `src/extra-${name}.txt`, message: `src/part-${name}.txt greets agents now` };
}

/** The repository as a person has it before the run, with the held file leased for another agent's task. */
export function makeRepository({ folder, tasks, config, interlock, git }) {
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const line = ({ id, after, file, agent }) => `- [ ] Task ${id}: Greet in ${file} [Dependencies: ${after.join(", ") || "none"}] [Files: ${file}] [Agent: ${agent}]`;
  write("plan/IMPLEMENTATION_PLAN.md", [
    "# Plan", "", `### Story ${story}: Greetings`, "", ...tasks.map(line), "",
    "### Story 1.2: Kept by another", "", `- [ ] Task 1.2.1: Keep a file [Files: ${held}]`, "",
  ].join("\n"));
  for (const { file } of tasks) write(file, "hello world\n");
  write(held, "held\n");
  write("interlock.json", `${JSON.stringify(config, null, 2)}\n`);
  git(["init", "--quiet", "-b", "main"]);
  git(["add", "--all"]);
  git(["-c", "user.name=ci", "-c", "user.email=ci@localhost", "commit", "--quiet", "--message", "start"]);
  interlock(["trust", "--yes"]);
  interlock(["assign", "--story", "1.2"]);
  interlock(["claim", "1.2.1", "--agent", holder]);
}

/**
 * What every CLI does: it talks to the coordinator, changes its file, is refused another's, and hands in.
 * @param {(task: object) => object[]} first steps before those
 */
export function scriptFor(tasks, first) {
  return {
    // CLIs tell their model where it works, each in other words. Only worktrees have such names; the log of an earlier attempt may name its own.
    variables: { cwd: [`(?i)director(?:y|ies)\\W{1,40}${worktree}`, `<cwd>${worktree}`, worktree] },
    parts: tasks.map((task) => ({ when: `# Task ${task.id.replaceAll(".", "\\.")}(: | goes on)`, steps: [...first(task), ...stepsOf(task)] })),
  };
}

function stepsOf({ id, file, extra, message }) {
  return [
    tool("read_messages", {}),
    tool("extend_files", { task: id, files: [extra] }),
    { read: file },
    { edit: file, old: "hello world", new: "hello agents" },
    { read: held },
    { edit: held, old: "held", new: "taken" },
    { create: extra, content: `made for ${id}\n` },
    tool("send_message", { to: [holder], subject: `Task ${id}`, message }),
    tool("complete_task", { task: id }),
    { say: "The file greets agents now." },
  ];
}

// Every CLI puts a prefix of its own before the names of tools.
function tool(name, args) {
  return { call: `(^|[_-])${name}$`, args };
}

/** Runs a program in the repository and gives what it printed; throws when it fails. */
export function runnerIn(folder, env) {
  return (program) => (args) => {
    const result = spawnSync(program, args, { cwd: folder, env, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`${program} ${args.join(" ")} ended with exit code ${result.status}: ${result.stderr}${result.error ?? ""}`);
    return result.stdout;
  };
}
