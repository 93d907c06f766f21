// docs/agents-report.md: what was seen when real CLIs were tried last, made whole by `node ci/agents.mjs --all --write`.
import { writeFileSync } from "node:fs";
import { versionOf } from "./install.mjs";
import { machine } from "../programme/page.mjs";

/** @param {{ one: object, verdicts?: object[], seconds?: number, why?: string }[]} rows */
export function writeReport(file, rows, installed) {
  const whats = [...new Set(rows.flatMap(({ verdicts }) => (verdicts ?? []).map(({ what }) => what)))];
  writeFileSync(file, `# Real CLIs, tried
Each agent CLI below was installed from npm and did a task by \`interlock run\`, from the claim to the landing, in the sandbox and in a network of
its own that leads nowhere. Only its model was not real: a [server](../tests/ModelServer) that speaks the forms of four makers played a script. So this
says that Interlock and the CLI understand each other: commands, settings, hooks, MCP tools, events and usage. It says nothing about how well a model works.

Made by \`node ci/agents.mjs --all --write\` on ${new Date().toISOString().slice(0, 10)}, ${machine()}. \`build/test.mjs\` tries the two smallest each time.

| tried | versions | installed | verdict | seconds |
|---|---|---|---|---|
${rows.map((row) => line(row, installed)).join("\n")}

## What is looked at
${whats.map((what, at) => `${at + 1}. ${what}`).join("\n")}

The script: read messages and lease another file over MCP, read and edit the task's file, try to edit a file that another agent's task holds,
make the leased file, send a message and hand in over MCP. Where several CLIs work at once, each has three tasks; the second and third build on another
CLI's work, and each CLI is killed with SIGKILL while its first task is half done.
${failures(rows)}`);
}

function line({ one, verdicts, seconds, why }, installed) {
  const versions = one.clis.map((name) => `${name} ${versionOf(name)}`).join(", ");
  const sizes = one.clis.map((name) => installed.get(name)?.megabytes).filter(Boolean);
  const size = sizes.length === 0 ? "" : `${sizes.reduce((sum, size) => sum + size, 0)} MB`;
  if (why) return `| ${one.title} | ${versions} | ${size} | skipped: ${why} | |`;
  const good = verdicts.filter((verdict) => verdict.good).length;
  return `| ${one.title} | ${versions} | ${size} | ${good} of ${verdicts.length} hold | ${seconds.toFixed(0)} |`;
}

function failures(rows) {
  const failed = rows.flatMap(({ one, verdicts }) => (verdicts ?? []).filter(({ good }) => !good).map(({ what }) => `- ${one.title}: ${what}`));
  return failed.length === 0 ? "" : `\n## What does not hold\n${failed.join("\n")}\n`;
}
