using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>One effect of a script, by step and by number within the command of that step.</summary>
internal sealed record ScriptEffect(int Step, int Number, string What);

/// <summary>What every part that plays scripts again and again shares.</summary>
internal static class ScriptPlay
{
    /// <summary>Plays a script undisturbed: how it ends, and every effect on the way.</summary>
    public static async Task<(Ending Ending, IReadOnlyList<ScriptEffect> Effects)> CountAsync(Script script)
    {
        using var bench = await Bench.CreateAsync(script.Plan, script.Agent, limits: script.Limits);
        var effects = new List<ScriptEffect>();
        for (var step = 0; step < script.Steps.Count; step++)
        {
            var listing = Path.Combine(bench.Signals, $"effects-{step}");
            File.WriteAllText(listing, "");
            await StepAsync(bench, script.Steps[step], new() { ["INTERLOCK_EFFECTS"] = listing });
            effects.AddRange(File.ReadAllLines(listing).Select((line, number) => new ScriptEffect(step, number + 1, line)));
        }

        var ending = await Ending.OfAsync(bench, script);
        var left = await Ending.LeftoversAsync(bench);
        Assert.True(left.Count == 0, $"{script.Name}, undisturbed: {string.Join("; ", left)}");
        return (ending, effects);
    }

    public static async Task<Ran?> StepAsync(Bench bench, Step step, Dictionary<string, string> variables)
    {
        if (step.Person is { } person)
        {
            await person(bench);
            return null;
        }

        return await Product.FinishAsync(bench.BeginWith(variables, step.Command));
    }

    /// <summary>What only the next run would clear away, a script without one leaves to doctor.</summary>
    public static async Task MendAsync(Bench bench, Script script)
    {
        if (script.Steps[^1].Command is not ["run", ..])
        {
            await bench.InterlockAsync("doctor", "--fix");
        }
    }

    /// <summary>Lets go what nobody can have any more, by a run or, in a script without one, by doctor.</summary>
    public static async Task ClearAsync(Bench bench, Script script)
    {
        await MendAsync(bench, script);
        if (script.Steps[^1] is { Command: ["run", ..] } run)
        {
            await StepAsync(bench, run, []);
        }
    }

    public static async Task InParallel<T>(IEnumerable<T> items, Func<T, Task> work) => await Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (item, _) => await work(item));

    /// <summary>Those whose text has <c>INTERLOCK_FAULTS_ONLY</c> in it; unless that is given, evenly over all, from another place with each seed.</summary>
    public static IReadOnlyList<T> Sample<T>(IReadOnlyList<T> points, int size, int seed)
        where T : notnull => Environment.GetEnvironmentVariable("INTERLOCK_FAULTS_ONLY") is { Length: > 0 } only
        ? [.. points.Where(point => point.ToString()!.Contains(only, StringComparison.Ordinal))]
        : Evenly(points, size, seed);

    private static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> points, int size, int seed) => size >= points.Count ? points :
        [.. Enumerable.Range(0, size).Select(i => points[(int)((((long)i * points.Count / size) + (seed % points.Count)) % points.Count)])];
}
