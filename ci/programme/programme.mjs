// The fault programme, run from here by ci/faults and by build/test.mjs.
import { step } from "../../build/common.mjs";
import { page, recordRun } from "./page.mjs";
import { parts } from "./parts.mjs";
import { runPart } from "./run.mjs";
import { printTable } from "./table.mjs";

/** Runs the parts one after the other and returns what became of each. */
export async function runProgramme({ size, chosen = parts, seed = Math.floor(Math.random() * 1_000_000_000), write = false }) {
  step(`Running ${chosen.length} ${chosen.length === 1 ? "part" : "parts"} of the fault programme, size ${size}, seed ${seed}`);
  const results = [];
  for (const part of chosen) {
    const result = await runPart(part, size, seed);
    results.push(result);
    console.log(`${part.name.padEnd(4)} ${result.verdict} after ${result.seconds} s${result.verdict === "passed" ? "" : `: ${result.reasons[0]}`}`);
  }

  printTable(results);
  if (write) recordRun(results.filter(({ verdict }) => verdict === "passed"));
  return results;
}

/** How many passed, failed and were skipped. */
export function countOf(results) {
  return ["passed", "failed", "skipped"].map((verdict) => results.filter((result) => result.verdict === verdict).length);
}

/** Complains when the page does not say what the data behind it says. */
export function checkPage() {
  if (page.isCurrent()) return true;
  console.error("error: docs/reliability.md is not what docs/reliability.json says: ci/faults --page");
  return false;
}
