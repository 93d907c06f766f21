// Keeps docs/agents-report.json, what was seen when each case was played last, and the table in docs/agents-report.md that is made from it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../build/common.mjs";
import { machine } from "../programme/page.mjs";
import { cases } from "./cases.mjs";
import { versionOf } from "./install.mjs";

const dataFile = join(root, "docs", "agents-report.json");
const pageFile = join(root, "docs", "agents-report.md");
const [begin, end] = ["<!-- made by ci/agents.mjs: begin -->", "<!-- made by ci/agents.mjs: end -->"];

/** After each case, so that a run that is broken off keeps what it saw. A case that was skipped keeps what was seen before. */
export function recordCase({ one, verdicts, seconds }, installed) {
  const data = recorded();
  data[one.title] = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: one.clis.map((name) => `${name} ${versionOf(name)}`),
    megabytes: one.clis.reduce((sum, name) => sum + installed.get(name).megabytes, 0),
    seconds: Math.round(seconds),
    verdicts: verdicts.map(({ what, good }) => ({ what, good })),
  };
  const ordered = Object.fromEntries(cases.filter(({ title }) => data[title]).map(({ title }) => [title, data[title]]));
  writeFileSync(dataFile, `${JSON.stringify(ordered, null, 2)}\n`);
  writePage();
}

export function writePage() {
  writeFileSync(pageFile, withTable(readFileSync(pageFile, "utf8")));
}

/** Whether the table is the one of its data. */
export function isPageCurrent() {
  const page = readFileSync(pageFile, "utf8");
  return withTable(page) === page;
}

function recorded() {
  return existsSync(dataFile) ? JSON.parse(readFileSync(dataFile, "utf8")) : {};
}

/** Only what stands between the two marks is made here; the rest of the page is written by hand. */
function withTable(page) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/agents-report.md has lost its marks: put ${begin} and ${end} around its table`);
  return `${page.slice(0, from + begin.length)}\n${table()}\n${page.slice(to)}`;
}

function table() {
  const data = recorded();
  const rows = cases.map(({ title }) => {
    const seen = data[title];
    if (!seen) return `| ${title} | | | not played yet | | |`;
    const failed = seen.verdicts.filter(({ good }) => !good).map(({ what }) => what);
    const verdict = failed.length === 0 ? `all ${seen.verdicts.length} hold` : `does not hold: ${failed.join("; ")}`;
    return `| ${title} | ${seen.versions.join(", ")} | ${seen.megabytes} MB | ${verdict} | ${seen.seconds} | ${seen.date}, ${seen.machine} |`;
  });
  return ["| tried | versions | installed | verdicts | seconds | when and where |", "|---|---|---|---|---|---|", ...rows].join("\n");
}
