using System.Collections.Concurrent;
using System.Globalization;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>Thousands of things that people do to a repository while a run goes on in it: each is told of by an event, none does harm.</summary>
public sealed class People_in_a_live_repository(ITestOutputHelper output)
{
    private const int ActionsARound = 50;

    private readonly ConcurrentDictionary<string, int> done = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> wrong = [];
    private int explained;
    private int nothing;

    [Fact]
    [Trait(Programme.Trait, "T19")]
    public async Task Whatever_people_do_is_told_of_and_everything_lands_in_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are found by their environment in /proc");
        var (seed, size) = (Programme.Seed(), Programme.Size("T19", quick: 20, ci: 60, full: 5000));
        await ScriptPlay.InParallel(
            Enumerable.Range(0, (size + ActionsARound - 1) / ActionsARound),
            round => TryRoundAsync(new Random(seed + round), Math.Min(ActionsARound, size - (round * ActionsARound)), $"round {round}"));

        output.WriteLine(string.Join("; ", done.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} {entry.Value}")));
        Programme.Report(
            "T19", seed, output, new Figure("actions", done.Values.Sum(), Least: size), new Figure("kinds of action", done.Count), new Figure("explained by an event", explained),
            new Figure("with nothing to explain", nothing), Figure.None("unexplained, not sound or not landed", wrong.Count));
    }

    // One round that cannot go on must not keep the others from being told of.
    private async Task TryRoundAsync(Random chance, int actions, string name)
    {
        try
        {
            await RoundAsync(chance, actions, name);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Tell($"{name} could not go on: {error}");
        }
    }

    private async Task RoundAsync(Random chance, int actions, string name)
    {
        using var person = await Neighbour.MoveInAsync(chance);
        var did = new List<string>();
        for (var action = 0; action < actions;)
        {
            person.KeepRunning();
            await person.KeepClaimingAsync();
            var habit = person.Any(Habit.All);
            var before = await person.NewestAsync();
            if (await habit.Do(person) is not { } trace)
            {
                continue;
            }

            action++;
            did.Add($"{before} {habit.Name}");
            done.AddOrUpdate(habit.Name, 1, (_, times) => times + 1);
            if (trace == Trace.Nothing)
            {
                Interlocked.Increment(ref nothing);
            }
            else if (await person.UntilAsync(trace, trace.Kinds is ["state.rebuilt"] ? 0 : before))
            {
                Interlocked.Increment(ref explained);
            }
            else
            {
                // What came just before is often what did tell of it.
                var around = (await person.LogAsync(400)).Where(line => line.Seq > before - 30).Select(Told);
                Tell($"{name}, action {action}, {habit.Name}: nothing after event {before} tells of it ({trace}); {string.Join("; ", person.Said().TakeLast(1))}; around: {string.Join("; ", around)}");
            }
        }

        if (await SettleAsync(person) is [_, ..] problems)
        {
            foreach (var problem in problems)
            {
                Tell($"{name}, in the end: {problem}");
            }

            output.WriteLine($"{name}, after which event what was done: {string.Join(", ", did)}\n{await person.Bench.GitAsync("for-each-ref", "--format=%(refname) %(objectname:short)")}\n{string.Join('\n', (await person.LogAsync(400)).Select(Told))}\n{string.Join('\n', person.Said())}");
        }
    }

    private static string Told(SeenEvent line) => $"{line.Seq} {line.Kind} {line.Task} {line.Fence?.ToString(CultureInfo.InvariantCulture)}: {line.Message}";

    // At once, so that a campaign of an hour that is stopped has told what it knew.
    private void Tell(string problem)
    {
        wrong.Add(problem);
        output.WriteLine(problem);
    }

    // The person goes home: holds are removed, what waits is opened, and the run is let do its work.
    private static async Task<List<string>> SettleAsync(Neighbour person)
    {
        var bench = person.Bench;
        bench.Signal("go");
        foreach (var path in person.Locks().Where(path => Neighbour.IsHold(path)
            || (Path.GetFileName(path).StartsWith("1.2.", StringComparison.Ordinal) && File.ReadAllText(path).Contains("\"qa-", StringComparison.Ordinal))))
        {
            File.Delete(path);
        }

        var last = await FinishAsync(person);
        foreach (var (task, status) in (await person.StatusesAsync()).Where(task => task.Key.StartsWith("1.2.", StringComparison.Ordinal) && task.Value != "completed"))
        {
            if (status is "cancelled" or "blocked")
            {
                Neighbour.Must(await bench.InterlockAsync("retry", task));
            }

            Neighbour.Must(await bench.InterlockAsync("claim", task, "--agent", "qa-1"));
            Neighbour.Must(await bench.InterlockAsync("complete", task, "--agent", "qa-1", "--no-code", "--reason", "done by hand"));
        }

        last = Ending.AgeWhatTheKilledLeft(bench) > 0 ? await bench.RunAsync() : last;
        var problems = new List<string>();
        var statuses = await person.StatusesAsync();
        problems.AddRange(statuses.Where(task => task.Value != "completed" && !task.Key.StartsWith("9.", StringComparison.Ordinal)).Select(task => $"{task.Key} is {task.Value}; {last}"));
        var landed = await bench.LandedAsync();
        problems.AddRange(landed.GroupBy(task => task).Where(task => task.Count() > 1).Select(task => $"{task.Key} landed {task.Count()} times"));
        problems.AddRange(Enumerable.Range(1, Neighbour.RunTasks).Select(number => $"1.1.{number}").Except(landed).Select(task => $"{task} is not on the branch"));
        problems.AddRange(await Ending.LeftoversAsync(bench));
        return problems;
    }

    private static async Task<Ran> FinishAsync(Neighbour person)
    {
        const int Tries = 5;
        for (var turn = 1; ; turn++)
        {
            foreach (var task in (await person.StatusesAsync()).Where(task => task.Key.StartsWith("1.1.", StringComparison.Ordinal) && task.Value is "pending" or "blocked" or "cancelled"))
            {
                await person.Bench.InterlockAsync("retry", task.Key);
            }

            person.KeepRunning();
            var ran = await person.EndedAsync();
            if (ran.ExitCode == 0 || turn == Tries)
            {
                return ran;
            }
        }
    }
}
