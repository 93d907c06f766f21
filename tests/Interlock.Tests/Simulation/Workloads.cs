using CsCheck;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Simulation;

/// <summary>Workloads to play: made of short texts, and any at all.</summary>
internal static class Workloads
{
    private static readonly string[][] FileSets = [[], ["a"], ["b"], ["a", "b"], ["src/**"], ["src/x"], ["src/y", "c"], ["c"]];

    /// <summary>Up to <paramref name="most"/> tasks with everything that can keep one waiting.</summary>
    public static Gen<Workload> Any(int most) => Gen.Select(
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 7], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 1023], Gen.Int[1, 9]).Array[1, most],
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 2]),
        Gen.Int[0, 4], Gen.Int[0, 1]).Select((rolls, limits, landing, overhead) => new Workload
        {
            Tasks = [.. rolls.Select((roll, i) => Task($"{i + 1}") with
            {
                Order = i,
                Notes = $"{roll.Item1}",
                Files = FileSets[roll.Item2],
                Module = $"m{roll.Item3}",
                Epic = roll.Item4 == 0 ? null : "e",
                HeldBecause = roll.Item6 == 9 && roll.Item5 % 5 == 0 ? "a fault" : null,
                Dependencies = [.. Enumerable.Range(0, Math.Min(i, 10)).Where(bit => (roll.Item5 & (1 << bit)) != 0 && bit % 3 == roll.Item6 % 3).Select(bit => new TaskId($"{bit + 1}"))],
            })],
            Workers = Agents(limits.Item1),
            Limits = new Limits { PerModule = limits.Item2, PerEpic = limits.Item3, PerType = new Dictionary<string, int> { ["qa"] = limits.Item4 } },
            Duration = Noted,
            Landing = Minutes((landing + 1) / 2),
            LandAhead = landing % 2 == 0,
            Overhead = Minutes(overhead),
        });

    public static WorkTask Task(string id, params string[] dependencies) =>
        Rows.Task(new TaskId(id)) with { Module = id, Dependencies = [.. dependencies.Select(dependency => new TaskId(dependency))] };

    /// <summary>A task that takes that many minutes.</summary>
    public static WorkTask Task(string id, int minutes, string[] files, params string[] dependencies) =>
        Task(id, dependencies) with { Notes = $"{minutes}", Files = files };

    public static Workload Of(int agents, params WorkTask[] tasks) => new() { Tasks = tasks, Workers = Agents(agents), Duration = Noted };

    public static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);

    private static TimeSpan Noted(WorkTask task) => Minutes(int.Parse(task.Notes!, System.Globalization.CultureInfo.InvariantCulture));

    private static Worker[] Agents(int count) => [.. Enumerable.Range(1, count).Select(i => new Worker(new AgentId($"{Type(i)}-{i}"), Type(i)))];

    private static string Type(int agent) => agent % 2 == 0 ? "qa" : "dev";
}
