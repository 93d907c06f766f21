// A small repository with a plan: each task greets in a file of its own, and one file is another agent's.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitAll, tool } from "../script.mjs";

const holder = "keeper-1";
const held = "src/held.txt";

export const story = "1.1";
export const checks = [{ name: "greets", command: "! grep -q taken src/held.txt" }];
export const more = {};

/** One task: its agent changes `file`, leases and makes `extra`, and tries the held file on the way. */
export function taskOf({ id, cli, after }) {
  const name = id.replaceAll(".", "-");
  const [file, extra] = [`src/part-${name}.txt`, `src/extra-${name}.txt`];
  return { id, after, agent: `${cli}-1`, file, extra, files: [file, extra], message: `${file} greets agents now` };
}

/** The repository as a person has it before the run, with the held file leased for another agent's task. */
export function make({ folder, tasks, config, interlock, git }) {
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
  commitAll(git);
  interlock(["trust", "--yes"]);
  interlock(["assign", "--story", "1.2"]);
  interlock(["claim", "1.2.1", "--agent", holder]);
}

/** It talks to the coordinator, changes its file, is refused another's, and hands in. */
export function stepsOf({ id, file, extra, message }) {
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

/** What must hold of this story besides what holds of each. */
export function judge({ tasks, interlock, show, hookCalls, results, count, verdict }) {
  const inbox = interlock(["inbox", "--agent", holder, "--json"]);
  return [
    verdict("what landed is what was written", tasks.every(({ id, file, extra }) => show(file) === "hello agents\n" && show(extra) === `made for ${id}\n`)),
    verdict(
      "another's file is denied by the hook, and the model is told who has it",
      hookCalls.some(({ verdict: said, paths }) => said === "deny" && paths.some((path) => path.endsWith(held))) && results.some((text) => text.includes(holder)) && show(held) === "held\n",
    ),
    verdict("its MCP calls arrive", tasks.every(({ message }) => inbox.includes(message)) && count("lease.extended") >= tasks.length),
  ];
}
