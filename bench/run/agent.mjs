// The example's worker without its scripted failures, lasting a known time: from the start of the process to its end.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [lengths] = process.argv.slice(2);
const seconds = JSON.parse(lengths)[process.env.INTERLOCK_TASK_ID];
process.env.INTERLOCK_ATTEMPT = "2";
process.env.EXAMPLE_WORK_MS = "0";
await import(pathToFileURL(join(process.env.INTERLOCK_WORKTREE, "agents", "worker.mjs")));
await sleep(Math.max(0, seconds * 1000 - performance.now()));
