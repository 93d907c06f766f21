// What the scripted model plays, whatever the story: parts by task, steps by what its agent does.
import { spawnSync } from "node:child_process";

const worktree = "(/[^\\s\"'`<>]*/interlock/worktrees/[^/\\s\"'`<>]+/[0-9.]+-[0-9]+)";

/** @param {(task: object) => object[]} stepsOf what is done for a task */
export function scriptFor(tasks, stepsOf) {
  return {
    // CLIs tell their model where it works, each in other words. Only worktrees have such names; the log of an earlier attempt may name its own.
    variables: { cwd: [`(?i)director(?:y|ies)\\W{1,40}${worktree}`, `<cwd>${worktree}`, worktree] },
    parts: tasks.map((task) => ({ when: `# Task ${task.id.replaceAll(".", "\\.")}(: | goes on)`, steps: stepsOf(task) })),
  };
}

/** Every CLI puts a prefix of its own before the names of tools. */
export function tool(name, args) {
  return { call: `(^|[_-])${name}$`, args };
}

/** Runs a program in the repository and gives what it printed; throws when it fails. */
export function runnerIn(folder, env) {
  return (program) => (args) => {
    const result = spawnSync(program, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 26 });
    if (result.status !== 0) throw new Error(`${program} ${args.join(" ")} ended with exit code ${result.status}: ${result.stderr}${result.error ?? ""}`);
    return result.stdout;
  };
}

export function commitAll(git) {
  git(["init", "--quiet", "-b", "main"]);
  git(["add", "--all"]);
  git(["-c", "user.name=ci", "-c", "user.email=ci@localhost", "commit", "--quiet", "--message", "start"]);
}
