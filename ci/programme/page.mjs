// docs/reliability: the last full run of each part that passed, by the part's name.
import { dataPage, occasion } from "../data-page.mjs";
import { parts } from "./parts.mjs";
import { bound } from "./table.mjs";

export const page = dataPage("reliability", "ci/faults", parts.map(({ name }) => name), table);

export function recordRun(results) {
  const seen = occasion();
  page.record(Object.fromEntries(results.map(({ part, seed, seconds, figures }) => [part.name, { ...seen, seed, seconds, figures }])));
}

function table(data) {
  const rows = parts.map(({ name, promise, full }) => {
    const run = data[name];
    const asked = full.length > 0 ? full.map((figure) => figure.toLocaleString("en")).join(", ") : "every point";
    const last = run ? `${run.date}, ${run.machine}, ${Math.ceil(run.seconds / 60)} min, seed ${run.seed}` : "not run in full yet";
    return `| ${name} | ${promise} | ${asked} | \`ci/faults --full ${name}\` | ${last} | ${run ? counted(run.figures) : ""} |`;
  });
  return ["| part | promise | asked | command | last full run | counted |", "|---|---|---|---|---|---|", ...rows].join("\n");
}

// A long list, such as of each kind of fault, is in the data: in a table nobody reads it.
function counted(figures) {
  const shown = figures.length > 12 ? figures.slice(0, 3) : figures;
  const rest = figures.slice(shown.length);
  const counts = rest.map(({ count }) => count);
  return [
    ...shown.map((figure) => `${figure.what} ${figure.count.toLocaleString("en")}${bound(figure) ? ` (${bound(figure)})` : ""}`),
    ...(rest.length > 0 ? [`${rest.length} more in [the data](reliability.json), each within its bounds: ${Math.min(...counts).toLocaleString("en")} to ${Math.max(...counts).toLocaleString("en")}`] : []),
  ].join("; ");
}
