// What must hold after a run with real CLIs, each with what was seen instead when it does not.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clis } from "./clis.mjs";

/** @returns {{ what: string, good: boolean, details: string }[]} */
export function judge({ ran, story, tasks, interlock, git, repository, play, journal, interfaces }) {
  const branch = `interlock/${story.story}`;
  const events = JSON.parse(interlock(["log", "--limit", "10000", "--json"])).events;
  const status = JSON.parse(interlock(["status", "--all", "--json"]));
  const calls = hookCalls(join(repository, ".git", "interlock", "guard"));
  const results = journal.flatMap((request) => request.results ?? []);
  const kinds = events.map(({ kind }) => kind);
  const count = (wanted) => kinds.filter((kind) => kind === wanted).length;
  const spent = (name) => status.spent?.by_preset.find(({ preset }) => preset === name);
  const killed = ran.stderr.split("\n").filter((line) => /killed (by signal 9|together with)/.test(line));
  // Much, and the same for several, so it is told once.
  let told = false;
  const seen = () => {
    if (told) return "as above";
    told = true;
    const requests = journal.map(({ path, turn, reply }) => `${path} ${turn} ${reply.slice(0, 300)}`);
    return [ran.stderr, ...requests, ...results.slice(-12).map((text) => text.slice(0, 400)), `exit code ${ran.code}`].join("\n");
  };
  const verdict = (what, good, details = seen) => ({ what, good: Boolean(good), details: good ? "" : String(details()) });
  const show = (path) => attempt(() => git(["show", `${branch}:${path}`]));
  const landed = (attempt(() => git(["log", "--format=%(trailers:key=Task-Id,valueonly,separator=)", branch])) ?? "").split("\n").filter(Boolean).sort();
  const landings = events.filter(({ kind }) => kind === "task.landed").map(({ agent_id }) => agent_id);
  const changed = (attempt(() => git(["diff", "--name-only", "main", branch])) ?? "").split("\n").filter(Boolean).sort();
  const expected = ["plan/IMPLEMENTATION_PLAN.md", ...new Set(tasks.flatMap(({ files }) => files))].sort();
  return [
    verdict("every task lands once", ran.code === 0 && same(landed, tasks.map(({ id }) => id).sort())),
    ...story.judge({ tasks, play, interlock, show, hookCalls: calls, results, landings, count, verdict }),
    verdict("tokens are recorded for each CLI", play.clis.every(({ name }) => clis[name].tokens === false || spent(name)?.input_tokens > 0 && spent(name).output_tokens > 0), () => JSON.stringify(status.spent)),
    verdict("nothing else is in the branch or the checkout", same(changed, expected) && git(["status", "--porcelain"]) === "", () => `${changed.join("\n")}\n${git(["status", "--porcelain"])}`),
    verdict("the agents were in the sandbox", status.sandbox === "bwrap", () => `${status.sandbox}\n${ran.stderr}`),
    verdict("no guard had to step in", !kinds.some((kind) => /^guard\.(off|stopped|escaped|touched)$/.test(kind)), () => events.filter(({ kind }) => kind.startsWith("guard")).map((event) => JSON.stringify(event)).join("\n")),
    ...(play.kills ? [verdict("each CLI was killed once, in the middle of its work", killed.length === play.clis.length && play.clis.every(({ name }) => killed.some((line) => line.includes(` ${name}-1 `))))] : []),
    verdict("there is no network but its own loopback", same(interfaces, ["lo"]), () => interfaces.join()),
  ];
}

/** What hooks asked and were answered, of every agent. */
function hookCalls(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".calls"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean)).map((line) => JSON.parse(line));
}

function same(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
}

function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}
