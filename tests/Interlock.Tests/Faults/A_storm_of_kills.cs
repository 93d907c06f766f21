using System.Diagnostics;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>
/// Runs on real repositories, while coordinators, agents and their git are killed at random moments. Each agent says outside
/// of the repository which lines it has written, so that a lost one shows.
/// </summary>
public sealed class A_storm_of_kills(ITestOutputHelper output)
{
    private const int Tasks = 6;
    private const int KillsARound = 20;

    private const string Agent = """
        mkdir -p src
        for i in 1 2 3 4; do
          line="$INTERLOCK_TASK_ID $INTERLOCK_ATTEMPT $(date +%s%N) $i"
          echo "$line" >> "src/$INTERLOCK_TASK_ID.txt"
          echo "$line" >> "$SIGNALS/wrote-$INTERLOCK_TASK_ID"
          if [ "$i" = 2 ]; then git add -A && git -c user.name=a -c user.email=a@a commit -qm half || exit 9; fi
          sleep 0.1
        done
        """;

    private int kills;
    private int lines;
    private int locks;

    [Fact]
    [Trait(Programme.Trait, "T7")]
    public async Task Each_task_lands_once_and_no_line_that_an_agent_wrote_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are found by their environment in /proc");
        var (seed, size) = (Programme.Seed(), Programme.Size("T7", quick: 8, ci: 40, full: 1000));
        var wrong = new List<string>();
        var rounds = 0;
        while (kills < size)
        {
            wrong.AddRange(await RoundAsync(new Random(seed + rounds), Math.Min(KillsARound, size - kills), $"round {rounds}"));
            rounds++;
        }

        wrong.ForEach(output.WriteLine);
        Programme.Report(
            "T7", seed, output, new Figure("kills", kills, Least: size), new Figure("tasks landed", rounds * Tasks), new Figure("lines written by agents", lines, Least: rounds * Tasks * 4),
            new Figure("locks and half-written files that the killed left", locks),
            Figure.None("lost, landed twice or not sound", wrong.Count));
    }

    private async Task<List<string>> RoundAsync(Random chance, int budget, string name)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3", "1.1.4|Task 1.1.3", "1.1.5", "1.1.6"), Agent, limits: """{ "agents": 3, "attempts": 1000 }""");
        var target = kills + budget;
        var starts = 0;
        var last = new Ran(-1, "", "");
        while (kills < target && last.ExitCode != 0)
        {
            Assert.True(starts++ < budget * 3, $"{name} does not come to an end: {last}");
            using var run = bench.StartRun();
            var ended = Product.FinishAsync(run);
            await StormAsync(bench, run, ended, target, chance);
            last = await ended;
        }

        if (last.ExitCode != 0)
        {
            last = await bench.RunAsync();
        }

        // What they guard cannot be cleared away before they are.
        var left = Ending.AgeWhatTheKilledLeft(bench);
        locks += left;
        last = left > 0 ? await bench.RunAsync() : last;

        // All of them were done before the last kills were: those found nothing to disturb, and another round follows.
        var wrong = last.ExitCode == 0 ? [] : new List<string> { $"the last run: {last}" };
        var landed = await bench.LandedAsync();
        if (!landed.Order(StringComparer.Ordinal).SequenceEqual(Enumerable.Range(1, Tasks).Select(number => $"1.1.{number}")))
        {
            wrong.Add($"landed: {string.Join(", ", landed)}");
        }

        wrong.AddRange(await LostAsync(bench));
        wrong.AddRange(await Ending.LeftoversAsync(bench));
        wrong.AddRange(Family.Of(bench.Signals).Select(left => $"process {left.Pid} is left"));
        return [.. wrong.Select(line => $"{name}: {line}")];
    }

    // Until the coordinator is gone, by itself or by a kill.
    private async Task StormAsync(Bench bench, Process run, Task<Ran> ended, int target, Random chance)
    {
        while (kills < target && !ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(chance.Next(20, 700)));
            var dice = chance.Next(10);
            var family = Family.Of(bench.Signals).Where(member => member.Pid != run.Id).ToList();
            var wanted = dice switch { < 4 => Family.Kin.Agent, < 7 => Family.Kin.Git, _ => Family.Kin.Other };
            var victims = family.Where(member => member.Kin == wanted).ToList();
            if (dice >= 6 && !ended.IsCompleted)
            {
                run.Kill();
                kills++;
            }

            if (victims.Count > 0 && kills < target)
            {
                Family.Kill(victims[chance.Next(victims.Count)].Pid);
                kills++;
            }
        }
    }

    private async Task<List<string>> LostAsync(Bench bench)
    {
        var lost = new List<string>();
        var saved = (await bench.GitAsync("for-each-ref", "--format=%(refname)", "refs/interlock/salvage")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in Directory.GetFiles(bench.Signals, "wrote-*"))
        {
            var task = Path.GetFileName(file)["wrote-".Length..];
            var known = new HashSet<string>();
            foreach (var commit in (string[])[Bench.Branch, .. saved.Where(name => name.Contains($"/{task}/", StringComparison.Ordinal))])
            {
                known.UnionWith((await bench.GitAsync("grep", "-h", "-e", "^1", "--or", "-e", "^start", commit, "--", "src")).Split('\n'));
            }

            var written = File.ReadAllLines(file);
            lines += written.Length;
            lost.AddRange(written.Where(line => !known.Contains(line)).Select(line => $"lost: {line}"));
        }

        return lost;
    }
}
