// The story of examples/linkedin-oauth: what its scripted worker writes, each CLI writes with its own tools.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { example } from "../../../build/common.mjs";
import { commitAll, tool } from "../script.mjs";

const tasksFolder = join(example, "agents", "tasks");

export const story = "2.5";
export const checks = [
  { name: "type-check", command: ["node", "node_modules/typescript/bin/tsc", "--noEmit"], timeout: "2m" },
  { name: "test", command: ["node", "scripts/test.mjs"], timeout: "2m" },
];
export const more = { worktrees: { link: ["node_modules"] } };

/** One task, with the changes its worker makes in them: whole files, and lines after a line. */
export async function taskOf({ id, after, files }) {
  const { work } = await import(pathToFileURL(join(tasksFolder, `${id}.mjs`)));
  const changes = [];
  const template = (path) => readFileSync(join(tasksFolder, id, path), "utf8").replaceAll("\r\n", "\n");
  const write = (path, text) => changes.push({ path, text });
  // As in a second attempt, which makes none of the mistakes that the example shows.
  await work({
    attempt: 2, prompt: "", template, write, copy: (path) => write(path, template(path)), log() {}, sleep: async () => {},
    edit: (path, { after: line, insert }) => changes.push({ path, line, insert }),
  });
  return { id, after, files, changes };
}

export function make({ folder, config, interlock, git, modules }) {
  cpSync(example, folder, { recursive: true, filter: (source) => !["node_modules", "dist"].includes(basename(source)) });
  symlinkSync(modules, join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "interlock.json"), `${JSON.stringify(config, null, 2)}\n`);
  commitAll(git);
  interlock(["trust", "--yes"]);
}

/** Everything by the CLI's own tools; some refuse to change what they have not read. */
export function stepsOf({ id, changes }) {
  const seen = new Set();
  return [
    tool("read_messages", {}),
    ...changes.flatMap(({ path, text, line, insert }) => {
      if (text !== undefined) return [{ create: path, content: text }];
      const read = seen.has(path) ? [] : [{ read: path }];
      seen.add(path);
      return [...read, { edit: path, old: `${line}\n`, new: `${line}\n${insert}` }];
    }),
    tool("complete_task", { task: id }),
    { say: "Done." },
  ];
}

/** Files that several tasks change have what each of them wrote; the checks have seen that all of it works. */
export function judge({ tasks, show, landings, play, verdict }) {
  const written = tasks.flatMap(({ changes }) => changes);
  const changedLater = (path) => written.filter((change) => change.path === path).length > 1;
  const isThere = ({ path, text, insert }) => (text !== undefined && !changedLater(path) ? show(path) === text : show(path)?.includes((insert ?? text).trim()));
  return [
    verdict("what landed is what was written", written.every(isThere), () => written.filter((change) => !isThere(change)).map(({ path }) => path).join("\n")),
    verdict("each CLI had its share", play.clis.every(({ name }) => landings.filter((agent) => agent === `${name}-1`).length > 1), () => landings.join("\n")),
  ];
}
