// The fault programme: what each part promises, and the figures that its tests must claim for themselves.
// A part is every test with the trait programme=<name>. `full` and `ci` are the least figures of that size: for each, the part
// must report a count that was asked for at least so often, so no test can pass by asking less of itself.
// `minutes` is about how long the full size takes on two cores, until docs/reliability.json knows better.
export const parts = [
  { name: "T1", promise: "the coordinator and the store keep every invariant under any schedule of faults", full: [1_000_000, 1_000, 30], ci: [20_000], minutes: 35 },
  { name: "T2", promise: "a rule taken out of the product is found by the simulation", full: [25], ci: [], minutes: 40 },
  { name: "T3", promise: "a crash at any failpoint of a scripted scenario loses and repeats nothing", full: [], ci: [], minutes: 90 },
  { name: "T4", promise: "leases and landing are right in the model, and each mistake in it has its counterexample", full: [1_000_000, 17], ci: [1_000_000, 17], minutes: 10 },
  { name: "T5", promise: "64 processes claim at once: none twice, none lost, no fence repeated", full: [640_000], ci: [6_400], minutes: 20 },
  { name: "T7", promise: "with coordinator and agents killed at any moment each task lands once and no work is lost", full: [1_000], ci: [40], minutes: 80 },
  { name: "T10", promise: "a full disk at any write damages nothing, and work goes on when there is room", full: [], ci: [], minutes: 40 },
  { name: "T11", promise: "a power loss at any moment loses no acknowledged operation", full: [10_000], ci: [], minutes: 30 },
  { name: "T12", promise: "clocks that jump end no lease early and keep none for ever", full: [], ci: [1_500], minutes: 5 },
  { name: "T13", promise: "a torn or damaged file is told, never believed and never fatal", full: [100_000], ci: [15_000], minutes: 40 },
  { name: "T14", promise: "no text makes a reader fail or hang, and overlap of globs is what enumeration says", full: [2_000_000], ci: [200_000], minutes: 30 },
  { name: "T15", promise: "what concurrent callers see of leases is what one caller at a time would see", full: [400_000, 2_000], ci: [30_000, 150], minutes: 30 },
  { name: "T16", promise: "any batch of changes lands green, once, and takes no line back", full: [5_000], ci: [], minutes: 85 },
  { name: "T17", promise: "a waiting task is passed by at most three times", full: [10_000], ci: [], minutes: 10 },
  { name: "T19", promise: "whatever a person does by hand is healed, and an event says so", full: [5_000], ci: [60], minutes: 20 },
];

/** The longest a group of parts may take, so that it fits a job of CI. */
export const minutesInAGroup = 90;

/** Parts in their order, cut into groups that each fit; `minutes(part)` is what one takes. */
export function groups(chosen, minutes) {
  const made = [];
  for (const part of chosen) {
    const takes = minutes(part);
    const fitting = made.find((group) => group.minutes + takes <= minutesInAGroup);
    if (fitting) {
      fitting.parts.push(part);
      fitting.minutes += takes;
    } else {
      made.push({ parts: [part], minutes: takes });
    }
  }
  return made;
}
