// usage: node ci/agents/play.mjs PLAY.json     one case, already inside a network of its own; prints its verdicts as JSON
// The play names the CLIs with their folders, the programs and the story; ci/agents.mjs writes it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { clis } from "./clis.mjs";
import { runnerIn, scriptFor } from "./script.mjs";
import { judge } from "./verdicts.mjs";

const play = JSON.parse(readFileSync(process.argv[2], "utf8"));
const folder = play.folder;
const repository = join(folder, "repository");
mkdirSync(repository, { recursive: true });

const story = await import(`./stories/${play.story}.mjs`);
const tasks = await Promise.all(play.tasks.map(story.taskOf));
const signals = join(folder, "signals");
mkdirSync(signals);
const model = await startModel();
const started = Date.now();
try {
  const env = { ...environment(), ...Object.assign({}, ...play.clis.map(({ name }) => clis[name].env(model.url))) };
  const runner = runnerIn(repository, env);
  const [interlock, git] = [runner(play.interlock), runner("git")];
  story.make({ folder: repository, tasks, config: configuration(), interlock, git, modules: play.modules });
  const ran = await run(env);
  const outcome = { ran, story, tasks, interlock, git, repository, play, journal: model.journal(), interfaces: Object.keys(networkInterfaces()) };
  console.log(JSON.stringify({ verdicts: judge(outcome), seconds: (Date.now() - started) / 1000 }));
} finally {
  model.stop();
}

/** Of a person who has nothing: no keys, no proxies, a home of its own. */
function environment() {
  return {
    PATH: [...play.clis.map(({ bin }) => bin), ...(play.node ? [play.node] : []), process.env.PATH].join(":"),
    HOME: join(folder, "home"),
    LANG: "C.UTF-8",
    TERM: "dumb",
    GIT_CONFIG_NOSYSTEM: "1",
  };
}

/** Each CLI is one type of the roster. */
function configuration() {
  return {
    agent: { adapter: play.clis[0].name, timeout: "10m" },
    agents: Object.fromEntries(play.clis.map(({ name, folder }) => [name, clis[name].settings?.({ url: model.url, folder }) ?? {}])),
    roster: play.clis.map(({ name }) => ({ type: name, count: 1, adapter: name })),
    checks: story.checks,
    ...story.more,
    guard: "required",
    sandbox_write: [signals],
  };
}

async function startModel() {
  const script = join(folder, "script.json");
  const log = join(folder, "requests.jsonl");
  writeFileSync(script, JSON.stringify(scriptFor(tasks, (task) => [...standStill(task), ...story.stepsOf(task)]), null, 2));
  writeFileSync(log, "");
  const server = spawn(play.model, ["--script", script, "--log", log], { stdio: ["ignore", "pipe", "inherit"] });
  // Whatever ends this play: who waits for its output waits for all who can write there.
  process.once("exit", () => server.kill());
  const [line] = await new Promise((done, failed) => {
    createInterface({ input: server.stdout }).once("line", (text) => done([text]));
    server.once("exit", (code) => failed(new Error(`the model server ended with exit code ${code}`)));
  });
  return {
    url: /http:\S+/.exec(line)[0].replace(/\/$/, ""),
    journal: () => readFileSync(log, "utf8").split("\n").filter(Boolean).map((text) => JSON.parse(text)),
    stop: () => server.kill(),
  };
}

/** The run, killing each CLI once, when its first task stands still in the middle. */
function run(env) {
  const killed = new Set();
  return new Promise((done) => {
    const child = spawn(play.interlock, ["run", "--story", story.story, "--json"], { cwd: repository, env, stdio: ["ignore", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (part) => (text[name] += part));
    const watcher = watch(signals, (_, name) => {
      const id = name?.endsWith(".here") ? name.slice(0, -".here".length) : null;
      const [, agent, pid] = (id && new RegExp(`started +${id.replaceAll(".", "\\.")} +(\\S+) .*attempt 1, process (\\d+)`).exec(text.stderr)) ?? [];
      if (!pid || existsSync(join(signals, `${id}.go`))) return;
      writeFileSync(join(signals, `${id}.go`), "");
      if (killed.has(agent)) return;
      killed.add(agent);
      process.kill(Number(pid), "SIGKILL");
    });
    child.on("close", (code) => {
      watcher.close();
      done({ code, ...text });
    });
  });
}

/** A step in which the agent stands still until it is killed; the next attempt goes by. */
function standStill({ id, after }) {
  const [here, go] = ["here", "go"].map((name) => join(signals, `${id}.${name}`));
  return play.kills && after.length === 0 ? [{ shell: `while [ ! -e ${go} ]; do touch ${here}; sleep 0.2; done` }] : [];
}
