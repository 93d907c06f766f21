import { readFileSync } from "node:fs";

const taskLine = /^- \[(.)\] Task (\d+(?:\.\d+)+): (.+)$/;
const weights = { low: 1, medium: 2, high: 3 };

/** The tasks of a plan as the example writes them: id, title, done, weight, dependencies, files. */
export function readPlan(path) {
  return readFileSync(path, "utf8").split(/\r?\n/).flatMap((line) => {
    const found = taskLine.exec(line);
    if (!found) return [];
    const [, mark, id, rest] = found;
    return [{
      id,
      title: rest.replace(/\s*\[[A-Z][a-z]+: [^\]]*\]/g, ""),
      done: mark.toLowerCase() === "x",
      weight: weights[attribute(rest, "Complexity")[0]],
      dependencies: attribute(rest, "Dependencies").map((name) => name.replace("Task ", "")),
      files: attribute(rest, "Files"),
    }];
  });
}

function attribute(text, key) {
  const value = new RegExp(`\\[${key}: ([^\\]]*)\\]`).exec(text)?.[1] ?? "none";
  return value === "none" ? [] : value.split(",").map((part) => part.trim());
}
