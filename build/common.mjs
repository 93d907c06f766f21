// What the demo and the tests share: finding tools, running them, publishing the app, installing the example's packages.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const artifacts = join(root, "artifacts");
export const example = join(root, "examples", "linkedin-oauth");
const windows = process.platform === "win32";
const executable = windows ? "interlock.exe" : "interlock";
const managedLock = "managed.lock.json";
const quietNpm = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
const quietDotnet = { DOTNET_NOLOGO: "1", DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_SKIP_FIRST_TIME_EXPERIENCE: "1" };

/** For a second build of the same sources: the first has looked at them, and it takes twice as long. */
export const unanalysed = "-p:RunAnalyzers=false";

export const step = (text) => console.log(`\n==> ${text}`);

/** Ends the script: 3 is the exit code for an environment that does not fit. */
export function stop(message, code = 3) {
  console.error(`\nerror: ${message}`);
  process.exit(code);
}

/** Runs a program in the terminal's sight and returns its exit code; one killed by a signal counts as 1. */
export function run(program, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(program, args, { cwd, stdio: "inherit", env: { ...process.env, ...quietDotnet, ...env } });
  if (result.error) stop(`cannot run ${program}: ${result.error.message}`);
  return result.status ?? 1;
}

export function must(program, args, options) {
  const code = run(program, args, options);
  if (code !== 0) stop(`${program} ${args.slice(0, 2).join(" ")} ended with exit code ${code}`, 1);
}

/** npm is a batch file on Windows, which only a shell can start: pass constants, never data. */
function npm(args, options) {
  return windows
    ? spawnSync(["npm", ...args].join(" "), { ...options, shell: true })
    : spawnSync("npm", args, options);
}

function output(program, args) {
  const result = program === "npm" ? npm(args, { encoding: "utf8" }) : spawnSync(program, args, { encoding: "utf8", cwd: root });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** Stops with everything that is missing or too old, all at once. */
export function requireTools() {
  const problems = [];
  const need = (name, found, least, remedy) => {
    const version = /\d+(\.\d+)+/.exec(found ?? "")?.[0];
    if (!version) problems.push(`${name} ${least} or newer is needed and not found: ${remedy}`);
    else if (compare(version, least) < 0) problems.push(`${name} ${least} or newer is needed, this is ${version}: ${remedy}`);
  };
  need("git", output("git", ["--version"]), "2.38", "git-scm.com");
  need("Node", process.versions.node, "20.0", "nodejs.org");
  need("npm", output("npm", ["--version"]), "9.0", "it comes with Node");
  // Asked in the repository, so that a missing SDK of global.json's version is seen here and not later.
  need(".NET SDK", output("dotnet", ["--version"]), "10.0", "dot.net");
  if (problems.length > 0) stop(problems.join("\n       "));
}

function compare(left, right) {
  const [a, b] = [left, right].map((text) => text.split(".").map(Number));
  for (let i = 0; i < b.length; i++) if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) - b[i];
  return 0;
}

/** A project's build for debugging, made first where there is none. */
export function debugBuild(project, name) {
  const program = join(artifacts, "bin", basename(project), "debug", windows ? `${name}.exe` : name);
  if (!existsSync(program)) {
    step(`Building ${name}`);
    must("dotnet", ["build", project, "--verbosity", "quiet", unanalysed]);
  }
  return program;
}

/** Native AOT links with the platform's own tools, which not every machine has. */
function canLinkNatively() {
  if (windows) {
    const installer = join(process.env["ProgramFiles(x86)"] ?? "", "Microsoft Visual Studio", "Installer", "vswhere.exe");
    const tools = ["-latest", "-prerelease", "-products", "*", "-requires", "Microsoft.VisualStudio.Component.VC.Tools.*", "-property", "installationPath"];
    return existsSync(installer) && Boolean(output(installer, tools));
  }
  if (process.platform === "darwin") return output("xcrun", ["--find", "clang"]) !== null;
  return output("clang", ["--version"]) !== null || output("gcc", ["--version"]) !== null;
}

/** Publishes the app to artifacts/interlock unless nothing changed since; returns the path of the program. */
export function publish() {
  const folder = join(artifacts, "interlock");
  const program = join(folder, executable);
  const native = canLinkNatively();
  const stampFile = join(artifacts, "interlock.stamp");
  const stamp = fingerprint([join(root, "src"), ...topFiles()], native ? "native" : "managed");
  if (existsSync(program) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    console.log(`${program} is up to date`);
    return program;
  }

  rmSync(stampFile, { force: true });
  rmSync(folder, { recursive: true, force: true });
  const args = ["publish", join("src", "Interlock.App"), "--configuration", "Release", "--output", folder, "--verbosity", "quiet", unanalysed];
  if (!native) {
    console.log("note: no C compiler or linker was found, so this is not the native build: it starts slower, and works the same");
    // The lock file names the native compiler; without it restore must neither fail for that nor write it anew.
    args.push("-p:PublishAot=false", "-p:RestoreLockedMode=false", `-p:NuGetLockFilePath=${managedLock}`);
  }
  const code = run("dotnet", args);
  if (!native) forgetManagedLocks();
  if (code !== 0) stop(`dotnet publish ended with exit code ${code}`, 1);
  if (!existsSync(program)) stop(`dotnet publish succeeded but left no ${program}`, 1);
  writeFileSync(stampFile, stamp);
  return program;
}

/** The path is relative to each project, as one file for all of them would be written by all of them at once. */
function forgetManagedLocks() {
  const source = join(root, "src");
  for (const project of readdirSync(source)) rmSync(join(source, project, managedLock), { force: true });
}

function topFiles() {
  return ["Directory.Build.props", "Directory.Packages.props", "global.json"].map((name) => join(root, name));
}

function fingerprint(paths, ...extra) {
  const hash = createHash("sha256").update(extra.join());
  const visit = (path) => {
    const entry = statSync(path);
    if (!entry.isDirectory()) return void hash.update(`${path}\0${entry.size}\0${entry.mtimeMs}\0`);
    for (const name of readdirSync(path).sort()) if (name !== "obj" && name !== "bin") visit(join(path, name));
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

/** Installs what the lock file of `folder` names; nothing of it may run at that. */
export function installPackages(folder) {
  if (npm(["ci", ...quietNpm], { cwd: folder, stdio: "inherit" }).status !== 0) stop(`npm ci failed in ${folder}`, 1);
}

/**
 * As installPackages, for what a run can do without: null, or why it could not be had. Packages of other platforms that a registry
 * does not have are missing in the lock file, which `npm ci` takes for a mistake; `install` keeps to versions and hashes all the same.
 */
export function tryInstallPackages(folder) {
  const result = npm(["install", "--no-save", ...quietNpm], { cwd: folder, encoding: "utf8", timeout: 5 * 60 * 1000 });
  const line = (result.stderr ?? "").trim().split("\n").at(0);
  return result.status === 0 ? null : `npm could not install it${line ? `: ${line}` : ""}`;
}

/** Downloads one version of a package into `folder` and returns the archive's name. Constants only, never data. */
export function downloadPackage(spec, folder) {
  const result = npm(["pack", spec, "--silent", "--ignore-scripts"], { cwd: folder, encoding: "utf8" });
  if (result.status !== 0) stop(`npm pack ${spec} failed: ${result.stderr}`, 1);
  return result.stdout.trim().split("\n").at(-1);
}

/** The example's packages, installed once for all tests; returns the node_modules folder. */
export function exampleModules() {
  const folder = join(artifacts, "example-modules");
  const lock = "package-lock.json";
  const stampFile = join(folder, "installed-lock.json");
  const wanted = readFileSync(join(example, lock), "utf8");
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== wanted) {
    mkdirSync(folder, { recursive: true });
    rmSync(stampFile, { force: true });
    for (const name of ["package.json", lock, ".npmrc"]) copyFileSync(join(example, name), join(folder, name));
    installPackages(folder);
    writeFileSync(stampFile, wanted);
  }
  return join(folder, "node_modules");
}
