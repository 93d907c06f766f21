// Keeps docs/reliability.json, the results of full runs, and the table in docs/reliability.md that is made from it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../../build/common.mjs";
import { parts } from "./parts.mjs";
import { bound } from "./table.mjs";

const dataFile = join(root, "docs", "reliability.json");
const pageFile = join(root, "docs", "reliability.md");
const [begin, end] = ["<!-- made by ci/faults: begin -->", "<!-- made by ci/faults: end -->"];

/** The last full run of each part that passed, by the part's name. */
export function recorded() {
  return existsSync(dataFile) ? JSON.parse(readFileSync(dataFile, "utf8")) : {};
}

export function recordRun(results) {
  const data = recorded();
  const date = new Date().toISOString().slice(0, 10);
  for (const { part, seed, seconds, figures } of results) data[part.name] = { date, machine: machine(), seed, seconds, figures };
  const ordered = Object.fromEntries(parts.filter(({ name }) => data[name]).map(({ name }) => [name, data[name]]));
  writeFileSync(dataFile, `${JSON.stringify(ordered, null, 2)}\n`);
  writePage();
}

export function writePage() {
  writeFileSync(pageFile, withTable(readFileSync(pageFile, "utf8")));
}

export function isPageCurrent() {
  const page = readFileSync(pageFile, "utf8");
  return withTable(page) === page;
}

/** Only what stands between the two marks is made here; the rest of the page is written by hand. */
function withTable(page) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has lost its marks: put ${begin} and ${end} around the table of parts`);
  return `${page.slice(0, from + begin.length)}\n${table()}\n${page.slice(to)}`;
}

function table() {
  const data = recorded();
  const rows = parts.map(({ name, promise, full }) => {
    const run = data[name];
    const figures = run ? run.figures.map((figure) => `${figure.what} ${figure.count.toLocaleString("en")}${bound(figure) ? ` (${bound(figure)})` : ""}`).join("; ") : "";
    const asked = full.length > 0 ? full.map((figure) => figure.toLocaleString("en")).join(", ") : "every point";
    const last = run ? `${run.date}, ${run.machine}, ${Math.ceil(run.seconds / 60)} min, seed ${run.seed}` : "not run in full yet";
    return `| ${name} | ${promise} | ${asked} | \`ci/faults --full ${name}\` | ${last} | ${figures} |`;
  });
  return ["| part | promise | asked | command | last full run | counted |", "|---|---|---|---|---|---|", ...rows].join("\n");
}

/** What a figure depends on, and nothing that names a machine. */
export function machine() {
  const release = existsSync("/etc/os-release") ? /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] : null;
  const sdk = execFileSync("dotnet", ["--version"], { cwd: root, encoding: "utf8" }).trim();
  return `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${release ?? process.platform}, SDK ${sdk}`;
}
