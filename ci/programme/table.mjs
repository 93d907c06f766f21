// What a person sees of a run: one line a figure, the part's name and verdict on its first.
const format = (number) => number.toLocaleString("en");

/** What is asked of a count, in words a person would use. */
export function bound({ least, most }) {
  if (most === 0) return "none";
  if (most !== null) return least === most ? format(most) : `${format(least)} to ${format(most)}`;
  return least > 0 ? `at least ${format(least)}` : "";
}

export function printTable(results) {
  const head = ["part", "figure", "asked", "count", "seed", "seconds", "verdict"];
  const rows = results.flatMap(({ part, figures, seed, seconds, verdict }) => {
    const lines = figures.length > 0 ? figures : [{ what: "", least: 0, most: null }];
    return lines.map((figure, index) => {
      const count = figure.count === undefined ? "" : format(figure.count);
      return index === 0
        ? [part.name, figure.what, bound(figure), count, String(seed), format(seconds), verdict]
        : ["", figure.what, bound(figure), count, "", "", ""];
    });
  });
  const width = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const right = new Set([3, 4, 5]);
  const line = (cells) => cells.map((cell, column) => (right.has(column) ? cell.padStart(width[column]) : cell.padEnd(width[column]))).join("  ").trimEnd();
  console.log(`\n${line(head)}\n${width.map((length) => "-".repeat(length)).join("  ")}`);
  for (const row of rows) console.log(line(row));
  console.log();
  for (const { part, verdict, reasons } of results.filter((result) => result.verdict !== "passed")) {
    console.log(`${part.name} ${verdict}: ${part.promise}`);
    for (const reason of reasons.slice(0, 10)) console.log(`  ${reason}`);
  }
}
