using System.Collections.Concurrent;
using System.Globalization;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>
/// Each script is played once to count what it does to the world; then again for each of those effects, with the program
/// killed right there. The commands that follow must bring it to the same end.
/// </summary>
public sealed class Every_effect_of_a_script(ITestOutputHelper output)
{
    private const int Killed = 137;

    private sealed record Point(Script Script, Ending Ending, ScriptEffect Effect)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Script.Name}, step {Effect.Step}, effect {Effect.Number} ({Effect.What})");
    }

    [Fact]
    [Trait(Programme.Trait, "T3")]
    public async Task Killed_at_any_effect_a_script_ends_as_if_nothing_had_happened()
    {
        var (seed, size) = (Programme.Seed(), Programme.Size("T3", quick: 12, ci: 18, full: int.MaxValue));
        var points = await PointsAsync();
        var played = ScriptPlay.Sample(points, size, seed);
        var wrong = new ConcurrentBag<string>();
        var (killed, passed) = (0, 0);
        await ScriptPlay.InParallel(played, async point =>
        {
            var (hit, problems) = await PlayAsync(point);
            _ = hit ? Interlocked.Increment(ref killed) : Interlocked.Increment(ref passed);
            foreach (var problem in problems)
            {
                wrong.Add(problem);
                output.WriteLine($"{point}: {problem}");
            }
        });

        Programme.Report(
            "T3", seed, output,
            new Figure("scripts", Script.All.Count, Least: 12), new Figure("effects counted", points.Count), new Figure("kills", killed, Least: played.Count * 8L / 10),
            new Figure("effects not met the second time", passed), Figure.None("differences from the serial end", wrong.Count));
    }

    private static async Task<IReadOnlyList<Point>> PointsAsync()
    {
        var counted = new ConcurrentBag<(Script Script, Ending Ending, IReadOnlyList<ScriptEffect> Effects)>();
        await ScriptPlay.InParallel(Script.All, async script =>
        {
            var (ending, effects) = await ScriptPlay.CountAsync(script);
            counted.Add((script, ending, effects));
        });
        return [.. counted.OrderBy(entry => entry.Script.Name, StringComparer.Ordinal).SelectMany(entry => entry.Effects.Select(effect => new Point(entry.Script, entry.Ending, effect)))];
    }

    private static async Task<(bool Hit, List<string> Problems)> PlayAsync(Point point)
    {
        using var bench = await Bench.CreateAsync(point.Script.Plan, point.Script.Agent, limits: point.Script.Limits);
        var (hit, after) = (false, new List<string>());
        for (var i = 0; i < point.Script.Steps.Count; i++)
        {
            var step = point.Script.Steps[i];
            if (i == point.Effect.Step)
            {
                var ran = await ScriptPlay.StepAsync(bench, step, new() { ["INTERLOCK_FAILPOINT"] = string.Create(CultureInfo.InvariantCulture, $"effect:{point.Effect.Number}") });
                hit = ran!.ExitCode == Killed;
                if (!hit)
                {
                    continue;
                }
            }

            if (await ScriptPlay.StepAsync(bench, step, []) is { } again)
            {
                after.Add($"{string.Join(' ', step.Command)}: {again}");
            }
        }

        await ScriptPlay.MendAsync(bench, point.Script);
        var problems = new List<string>();
        var ending = await Ending.OfAsync(bench, point.Script);
        if (ending != point.Ending)
        {
            problems.Add($"{ending} instead of {point.Ending}\n{string.Join('\n', after)}");
        }

        if (Ending.AgeWhatTheKilledLeft(bench) > 0)
        {
            await ScriptPlay.ClearAsync(bench, point.Script);
        }

        problems.AddRange(await Ending.LeftoversAsync(bench));
        return (hit, problems);
    }
}
