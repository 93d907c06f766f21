// docs/agents-report: what was seen when each case was played last, by the case's title.
import { dataPage, occasion } from "../data-page.mjs";
import { cases } from "./cases.mjs";
import { versionOf } from "./install.mjs";

export const page = dataPage("agents-report", "ci/agents.mjs", cases.map(({ title }) => title), table);

/** After each case, so that a run that is broken off keeps what it saw. */
export function recordCase({ one, verdicts, seconds }, installed) {
  page.record({
    [one.title]: {
      ...occasion(),
      versions: one.clis.map((name) => `${name} ${versionOf(name)}`),
      megabytes: one.clis.reduce((sum, name) => sum + installed.get(name).megabytes, 0),
      seconds: Math.round(seconds),
      verdicts: verdicts.map(({ what, good }) => ({ what, good })),
    },
  });
}

function table(data) {
  const rows = cases.map(({ title }) => {
    const seen = data[title];
    if (!seen) return `| ${title} | | | not played yet | | |`;
    const failed = seen.verdicts.filter(({ good }) => !good).map(({ what }) => what);
    const verdict = failed.length === 0 ? `all ${seen.verdicts.length} hold` : `does not hold: ${failed.join("; ")}`;
    return `| ${title} | ${seen.versions.join(", ")} | ${seen.megabytes} MB | ${verdict} | ${seen.seconds} | ${seen.date}, ${seen.machine} |`;
  });
  return ["| tried | versions | installed | verdicts | seconds | when and where |", "|---|---|---|---|---|---|", ...rows].join("\n");
}
