// What is tried: each CLI by itself, and several at once.
import { join } from "node:path";
import { readPlan } from "../../examples/linkedin-oauth/agents/plan.mjs";
import { example } from "../../build/common.mjs";
import { clis } from "./clis.mjs";

/**
 * @typedef {object} Case
 * @property {string} name of its CLI, or what several do
 * @property {string} title
 * @property {string[]} clis
 * @property {"greetings" | "example"} story whose module says what the tasks are made of
 * @property {{ id: string, after: string[], cli?: string }[]} tasks
 * @property {boolean} [kills] each CLI is killed once in the middle of its first task
 */

const single = Object.keys(clis).map((name) => ({
  name,
  title: `${name} by itself`,
  story: "greetings",
  clis: [name],
  tasks: [{ id: "1.1.1", cli: name, after: [] }],
}));

const three = ["claude", "gemini", "opencode"];

/** Three tasks each, the second and third of which build on another CLI's. */
const together = {
  name: "together",
  title: `${three.join(", ")} at once, each killed once`,
  story: "greetings",
  clis: three,
  kills: true,
  tasks: [0, 1, 2].flatMap((round) => three.map((cli, at) => ({
    id: `1.1.${round * three.length + at + 1}`,
    cli,
    after: round === 0 ? [] : [`1.1.${(round - 1) * three.length + ((at + 1) % three.length) + 1}`],
  }))),
};

/** The story of examples/linkedin-oauth; whoever is free takes the next task. */
const real = {
  name: "example",
  title: `${three.join(", ")} on the example's story, each killed once`,
  story: "example",
  clis: three,
  kills: true,
  tasks: readPlan(join(example, "plan", "IMPLEMENTATION_PLAN.md")).filter(({ done }) => !done).map(({ id, dependencies, files }) => ({ id, after: dependencies, files })),
};

/** @type {Case[]} */
export const cases = [...single, together, real];
