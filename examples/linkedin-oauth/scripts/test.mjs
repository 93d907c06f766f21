// Compiles into dist and runs every test file in this one process: types are another check's job,
// and a process a file would cost more than the tests themselves.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

// A test that was deleted or renamed must not live on as compiled output.
rmSync(dist, { recursive: true, force: true });
const compiled = spawnSync(process.execPath, [tsc, "--project", root, "--noCheck", "--outDir", dist], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const files = readdirSync(join(dist, "test"), { recursive: true }).filter((name) => name.endsWith(".test.js")).sort();
if (files.length === 0) {
  console.error("no test files found under test/");
  process.exit(1);
}
process.chdir(root);
for (const file of files) await import(pathToFileURL(join(dist, "test", file)).href);
