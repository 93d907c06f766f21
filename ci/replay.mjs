// usage: node ci/replay.mjs [--quick]     replays real histories as concurrent tasks; the last line has the totals
//   --quick   one package and a few versions
// The packages are only material: they are downloaded, unpacked and compared, and nothing of them runs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { artifacts, debugBuild, downloadPackage, step, stop } from "../build/common.mjs";

/** Successive versions, oldest first; with large files that several hunks change at once. */
const histories = [
  { name: "commander", versions: ["2.15.0", "2.16.0", "2.17.0", "2.18.0", "2.19.0", "2.20.0", "3.0.0"] },
  { name: "mustache", versions: ["2.3.0", "2.3.2", "3.0.0", "3.0.3", "3.1.0", "3.2.0", "4.0.0"] },
];

const quick = process.argv.includes("--quick");
const chosen = quick ? [{ ...histories[0], versions: histories[0].versions.slice(0, 4) }] : histories;
const program = debugBuild(join("bench", "Interlock.Benchmarks"), "Interlock.Benchmarks");

const totals = { passed: 0, failed: 0 };
for (const { name, versions } of chosen) {
  step(`Replaying ${name} ${versions[0]} to ${versions.at(-1)}`);
  const folders = versions.map((version) => unpacked(name, version));
  const result = spawnSync(program, ["replay", "1", ...folders], { encoding: "utf8" });
  console.log((result.stdout + result.stderr).trimEnd());
  const wrong = (result.stdout.match(/^not the next version/gm) ?? []).length;
  const finished = /^(\d+) steps/.exec(result.stdout);
  totals.passed += finished ? Number(finished[1]) - wrong : 0;
  totals.failed += finished ? wrong : 1;
}

console.log(`${totals.passed} passed, ${totals.failed} failed, 0 skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

/** The folder of one version, downloaded once. */
function unpacked(name, version) {
  const folder = join(artifacts, "replay", `${name}-${version}`);
  if (existsSync(folder)) return folder;
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const archive = downloadPackage(`${name}@${version}`, half);
  const tar = spawnSync("tar", ["-xzf", archive], { cwd: half, encoding: "utf8" });
  if (tar.status !== 0) stop(`${archive} cannot be unpacked: ${tar.stderr}`, 1);
  rmSync(join(half, archive));
  renameSync(join(half, "package"), folder);
  rmSync(half, { recursive: true, force: true });
  return folder;
}
