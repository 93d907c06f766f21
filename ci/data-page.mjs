// A page of docs/ with a table that is made from figures kept beside it as JSON; the rest of the page is written by hand.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../build/common.mjs";

/**
 * @param {string} name of the page, without its ending
 * @param {string} by the command that makes the table, as its marks say
 * @param {string[]} order keys of the figures, in the order in which they are kept
 * @param {(figures: object) => string} table
 */
export function dataPage(name, by, order, table) {
  const [dataFile, pageFile] = ["json", "md"].map((ending) => join(root, "docs", `${name}.${ending}`));
  const [begin, end] = [`<!-- made by ${by}: begin -->`, `<!-- made by ${by}: end -->`];

  const recorded = () => (existsSync(dataFile) ? JSON.parse(readFileSync(dataFile, "utf8")) : {});

  /** Only what stands between the two marks is made here. */
  function withTable(page) {
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/${name}.md has lost its marks: put ${begin} and ${end} around its table`);
    return `${page.slice(0, from + begin.length)}\n${table(recorded())}\n${page.slice(to)}`;
  }

  const write = () => writeFileSync(pageFile, withTable(readFileSync(pageFile, "utf8")));

  return {
    recorded,
    write,

    /** What is not among the figures keeps what was seen before. */
    record(figures) {
      const data = { ...recorded(), ...figures };
      writeFileSync(dataFile, `${JSON.stringify(Object.fromEntries(order.filter((key) => data[key]).map((key) => [key, data[key]])), null, 2)}\n`);
      write();
    },

    /** Whether the table is the one of its figures. */
    isCurrent() {
      const page = readFileSync(pageFile, "utf8");
      return withTable(page) === page;
    },
  };
}

/** When and where figures were seen: what they depend on, and nothing that names a machine. */
export function occasion() {
  const release = existsSync("/etc/os-release") ? /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] : null;
  const sdk = execFileSync("dotnet", ["--version"], { cwd: root, encoding: "utf8" }).trim();
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${release ?? process.platform}, SDK ${sdk}`;
  return { date: new Date().toISOString().slice(0, 10), machine };
}
