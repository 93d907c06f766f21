// usage: node build/demo.mjs     builds Interlock and runs the main job on the bundled example, in a fresh copy
import { cpSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { artifacts, example, installPackages, must, publish, requireTools, run, step } from "./common.mjs";

const folder = join(artifacts, "demo", "linkedin-oauth");
const story = "2.5";

requireTools();

step("Publishing interlock");
const interlock = publish();

step(`Copying the example to ${relative(process.cwd(), folder) || folder}`);
rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
cpSync(example, folder, { recursive: true, filter: (source) => !["node_modules", "dist"].includes(basename(source)) });
installPackages(folder);

const here = { cwd: folder };
const author = ["-c", "user.name=Interlock demo", "-c", "user.email=demo@example.invalid", "-c", "commit.gpgsign=false"];
must("git", ["init", "--quiet", "-b", "main"], here);
must("git", ["add", "--all"], here);
must("git", [...author, "commit", "--quiet", "--message", "example: start"], here);

step("interlock trust --yes");
must(interlock, ["trust", "--yes"], here);

step(`interlock --story=${story} --assign`);
must(interlock, [`--story=${story}`, "--assign"], here);

step(`interlock run --story ${story}`);
// Ctrl-C reaches the whole terminal group: it is for the run to drain, and for this script to wait for it.
process.on("SIGINT", () => {});
const code = run(interlock, ["run", "--story", story], here);

step("What landed");
const branch = `interlock/${story}`;
if (run("git", ["show-ref", "--quiet", "--verify", `refs/heads/${branch}`], here) !== 0) {
  console.log(`nothing: there is no branch ${branch}`);
  process.exit(code || 1);
}
run("git", ["--no-pager", "log", "--oneline", "--no-decorate", `main..${branch}`], here);
console.log(`
Look around in ${folder}
  git log --stat ${branch}            each task as it landed, tested
  git diff main ${branch} -- plan     the ticks in the plan
  agent_tasks/todo_progress.json        every task with its agent, status and retries
  agent_prompts/                        what each agent was told
and ask there, with ${interlock}:
  status, log, graph, explain 2.5.13`);
process.exit(code);
