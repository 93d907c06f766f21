// usage: ci/faults [--full | --quick] [--group N] [--seed N] [--write] [T1 T5 …]     the last line has the totals
//   --full     the sizes of docs/reliability.md, which take hours; without it a size that takes about a quarter of an hour
//   --quick    the size of an ordinary test run
//   --group N  with --full: one group of parts, about 90 minutes on two cores
//   --seed N   plays a run again
//   --write    with --full: records what passed in docs/reliability.json and docs/reliability.md
//   --built    uses the tests as they are built; with --full the program is published where it is not up to date
//   --page     only writes docs/reliability.md anew, from docs/reliability.json
import { parseArgs } from "node:util";
import { publish, step, stop } from "../../build/common.mjs";
import { page } from "./page.mjs";
import { groups, parts } from "./parts.mjs";
import { checkPage, countOf, runProgramme } from "./programme.mjs";
import { build } from "./run.mjs";

await main();

async function main() {
  const { values, positionals } = read();
  if (values.page) return page.write();
  const size = values.full ? "full" : values.quick ? "quick" : "ci";
  if (values.write && size !== "full") stop("--write records the sizes of --full and nothing less", 2);
  if (values.group && !values.full) stop("--group is for --full: the other sizes are short", 2);
  let chosen = select(positionals);
  if (values.full) chosen = plan(chosen, values.group);

  if (!values.built) build();
  // The program is started tens of thousands of times in a full run: the native one, which people have, starts many times faster.
  if (values.full) process.env.INTERLOCK_EXE ??= publish();
  const seed = values.seed === undefined ? undefined : number(values.seed, "--seed");
  const [passed, failed, skipped] = countOf(await runProgramme({ size, chosen, seed, write: values.write }));
  const isCurrent = checkPage();
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed + skipped === 0 && isCurrent ? 0 : 1;
}

function read() {
  const flag = { type: "boolean" };
  try {
    return parseArgs({ allowPositionals: true, options: { full: flag, quick: flag, write: flag, page: flag, built: flag, group: { type: "string" }, seed: { type: "string" } } });
  } catch (error) {
    stop(`${error.message}\nusage: ci/faults [--full | --quick] [--group N] [--seed N] [--write] [T1 T5 …]`, 2);
  }
}

function select(names) {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) stop(`no part is named ${unknown.join(", ")}; there are ${parts.map(({ name }) => name).join(" ")}`, 2);
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}

/** Shows what a full run takes, and returns the parts of the group that was asked for, or all. */
function plan(chosen, group) {
  const known = page.recorded();
  const all = groups(chosen, ({ name, minutes }) => Math.ceil((known[name]?.seconds ?? minutes * 60) / 60));
  step("A full run, in groups of about 90 minutes on two cores");
  all.forEach(({ parts: members, minutes }, index) =>
    console.log(`group ${index + 1}: ${members.map(({ name }) => name).join(" ")} (about ${minutes} minutes)`));
  if (group === undefined) return chosen;
  const asked = all[number(group, "--group") - 1];
  if (!asked) stop(`there is no group ${group}`, 2);
  return asked.parts;
}

function number(text, option) {
  if (!/^\d{1,9}$/.test(text)) stop(`${option} takes a whole number of at most nine digits, not ${text}`, 2);
  return Number(text);
}

