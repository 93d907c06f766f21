using System.Collections.Concurrent;
using System.Globalization;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Many schedules, each a world of its own.</summary>
internal static class Campaign
{
    private const int MostTold = 10;

    /// <summary>The broken rule; null when all held.</summary>
    public static string? Play(int seed, int schedule, Mutant? mutant, FaultCounts counts, List<string>? trace)
    {
        try
        {
            new World(unchecked((seed * 1_000_003) + schedule), mutant, counts, trace).Play();
            return null;
        }
        catch (Violation broken)
        {
            return broken.Message;
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            return $"{unexpected.GetType().Name}: {unexpected.Message}{(trace is null ? "" : $"\n{unexpected.StackTrace}")}";
        }
    }

    /// <summary>The first broken schedules in order, and how many broke.</summary>
    public static (IReadOnlyList<(int Schedule, string What)> Found, int Violations) Run(int seed, int size, Mutant? mutant, FaultCounts counts)
    {
        var found = new ConcurrentBag<(int Schedule, string What)>();
        Parallel.For(0, size, schedule =>
        {
            if (Play(seed, schedule, mutant, counts, null) is { } broken)
            {
                found.Add((schedule, broken));
            }
        });
        return ([.. found.OrderBy(entry => entry.Schedule).Take(MostTold)], found.Count);
    }

    /// <summary>How many schedules it took to find a seeded bug, in one that goes well without it; null when it was not found.</summary>
    public static (int Count, string What)? FirstFound(int seed, int size, Mutant mutant)
    {
        var counts = new FaultCounts();
        for (var schedule = 0; schedule < size; schedule++)
        {
            if (Play(seed, schedule, mutant, counts, null) is { } broken && Play(seed, schedule, null, counts, null) is null)
            {
                return (schedule + 1, broken);
            }
        }

        return null;
    }

    /// <summary>What happened in one schedule, line by line.</summary>
    public static string Tell(int seed, int schedule, Mutant? mutant)
    {
        var trace = new List<string>();
        var broken = Play(seed, schedule, mutant, new FaultCounts(), trace);
        return string.Create(CultureInfo.InvariantCulture, $"seed {seed}, schedule {schedule}: {broken ?? "nothing broke"}\n{string.Join('\n', trace)}");
    }
}
