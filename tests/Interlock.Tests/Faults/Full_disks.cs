using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Interlock.Engine.Worktrees;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>
/// Scripts on a disk that is full from one of their effects on. The program must say so, and once there is space again
/// the same commands bring the script to its end.
/// </summary>
public sealed partial class Full_disks(ITestOutputHelper output)
{
    private static readonly string[] Played = ["a chain", "by hand", "saved work", "a branch that follows"];
    private static readonly long[] Left = [0, 4 << 10, 64 << 10, 1 << 20, 4 << 20];

    private sealed record Point(Script Script, Ending Ending, int Step, int Effect, string What, long Bytes)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Script.Name}, step {Step}, {Bytes >> 10} KB left at effect {Effect} ({What})");
    }

    [Fact]
    [Trait(Programme.Trait, "T10")]
    public async Task A_full_disk_is_named_corrupts_nothing_and_is_over_once_there_is_space()
    {
        using (var disk = Disk.TryMount())
        {
            Assert.SkipWhen(disk is null, "cannot mount a disk here");
        }

        var (seed, size) = (Programme.Seed(), Programme.Size("T10", quick: 4, ci: 8, full: int.MaxValue));
        var points = new List<Point>();
        foreach (var script in Script.All.Where(script => Played.Contains(script.Name)))
        {
            var (ending, effects) = await ScriptPlay.CountAsync(script);
            points.AddRange(effects.Select((effect, i) => new Point(script, ending, effect.Step, effect.Number, effect.What, Left[(i + seed) % Left.Length])));
        }

        var wrong = new ConcurrentBag<string>();
        var (full, told) = (0, 0);
        var played = ScriptPlay.Sample(points, size, seed);
        await ScriptPlay.InParallel(played, async point =>
        {
            var (hit, refused, problems) = await PlayAsync(point);
            Interlocked.Add(ref full, hit ? 1 : 0);
            Interlocked.Add(ref told, refused ? 1 : 0);
            foreach (var problem in problems)
            {
                wrong.Add(problem);
                output.WriteLine($"{point}: {problem}");
            }
        });

        Programme.Report(
            "T10", seed, output, new Figure("effects counted", points.Count), new Figure("disks filled", full, Least: played.Count * 8L / 10),
            new Figure("commands that told of it", told, Least: 1), Figure.None("lost, corrupt, not told or not mended", wrong.Count));
    }

    [Fact]
    public async Task A_full_disk_is_named_where_git_says_only_which_file_it_could_not_write()
    {
        using var disk = Disk.TryMount();
        Assert.SkipWhen(disk is null, "cannot mount a disk here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), "true", within: disk.Path);
        var git = new Git(Path.Combine(bench.Root, ".git"), bench.Root);
        File.Delete(Path.Combine(bench.Root, "src", "start.txt"));
        disk.Leave(0);

        var refused = await Assert.ThrowsAsync<GitException>(() => git.RunAsync(["checkout-index", "--all", "--force"], TestContext.Current.CancellationToken));

        Assert.Contains($"the disk with {bench.Root} is full or nearly so: 0 KB are free", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Free some space", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lock_of_a_checkout_that_a_full_disk_has_no_room_for_is_not_left_there()
    {
        using var disk = Disk.TryMount();
        Assert.SkipWhen(disk is null, "cannot mount a disk here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), "true", within: disk.Path);
        var checkout = new Checkout(bench.Root, Path.Combine(bench.Root, ".git"));
        disk.Leave(0);

        Assert.Throws<IOException>(() => IndexLock.TryTake(checkout));

        Assert.False(File.Exists(IndexLock.PathOf(checkout)));
        disk.Free();
        using var taken = IndexLock.TryTake(checkout);
        Assert.NotNull(taken);
    }

    [Theory]
    [InlineData("dd if=/dev/zero of=src/large bs=1M count=64 2> /dev/null || { rm src/large; exit 4; }", "full or nearly so")]
    [InlineData("echo small > src/small.txt", "free on the disk")]
    public async Task An_attempt_that_a_full_disk_ends_and_work_that_cannot_be_checked_there_are_held_against_nobody(string work, string says)
    {
        using var disk = Disk.TryMount();
        Assert.SkipWhen(disk is null, "cannot mount a disk here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), $"""
            : > "$SIGNALS/begun"
            while [ -e "$SIGNALS/wait" ]; do sleep 0.05; done
            mkdir -p src
            {work}
            """, limits: """{ "agents": 1, "attempts": 1 }""", within: disk.Path);
        var wait = Path.Combine(bench.Signals, "wait");
        await File.WriteAllTextAsync(wait, "", TestContext.Current.CancellationToken);
        using (var run = bench.StartRun())
        {
            await bench.AwaitSignalAsync("begun");
            disk.Leave(32 << 20);
            File.Delete(wait);

            var full = await Product.FinishAsync(run);

            Assert.True(full.ExitCode != 0 && (full.Output + full.Error).Contains(says, StringComparison.Ordinal), full.ToString());
        }

        disk.Free();
        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
        await bench.AssertHealthyAsync();
    }

    [Fact]
    public async Task A_full_disk_of_the_worktrees_alone_keeps_work_from_starting_and_counts_against_nobody()
    {
        using var disk = Disk.TryMount();
        Assert.SkipWhen(disk is null, "cannot mount a disk here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """
            : > "$SIGNALS/begun-$INTERLOCK_TASK_ID"
            while [ -e "$SIGNALS/wait" ]; do sleep 0.05; done
            mkdir -p src
            dd if=/dev/zero of=src/large bs=1M count=64 2> /dev/null || { rm src/large; exit 4; }
            mv src/large "src/$INTERLOCK_TASK_ID.txt"
            """, limits: """{ "agents": 1, "attempts": 1 }""", more: $"\"admission\": \"off\", \"worktrees\": {{ \"root\": \"{disk.Path}\" }},");
        var wait = Path.Combine(bench.Signals, "wait");
        await File.WriteAllTextAsync(wait, "", TestContext.Current.CancellationToken);
        using (var run = bench.StartRun())
        {
            await bench.AwaitSignalAsync("begun-1.1.1");
            disk.Leave(32 << 20);
            File.Delete(wait);

            var full = await Product.FinishAsync(run);

            Assert.Equal(1, full.ExitCode);
            Assert.Contains($"the disk with {disk.Path} is full or nearly so", full.Output, StringComparison.Ordinal);
            Assert.Contains($"less than 200 MB are free on the disk of '{disk.Path}'", full.Output, StringComparison.Ordinal);
        }

        var waits = await bench.RunAsync();

        Assert.True(waits.ExitCode == 1 && waits.Output.Contains($"less than 200 MB are free on the disk of '{disk.Path}'", StringComparison.Ordinal), waits.ToString());
        Assert.False(File.Exists(Path.Combine(bench.Signals, "begun-1.1.2")));
        Assert.Contains($"less than 200 MB are free on the disk of '{disk.Path}'", (await bench.InterlockAsync("explain", "1.1.2")).Output, StringComparison.Ordinal);
        var found = await bench.InterlockAsync("doctor");
        Assert.True(found.ExitCode == 1 && found.Output.Contains($"MB are free where {disk.Path}", StringComparison.Ordinal), found.ToString());
        disk.Free();
        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2"], (await bench.LandedAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pooled_folder_is_given_up_before_a_full_disk_keeps_work_from_starting()
    {
        using var disk = Disk.TryMount();
        Assert.SkipWhen(disk is null, "cannot mount a disk here");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            [ -e "$SIGNALS/again" ] || exit 7
            mkdir -p src
            echo 1 > src/1.1.1.txt
            """, limits: """{ "agents": 1, "attempts": 1 }""", within: disk.Path);
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        var pooled = Assert.Single(Directory.GetDirectories(disk.Path, "1.1.1-*", SearchOption.AllDirectories), folder => folder.Contains(".pooled", StringComparison.Ordinal));
        using (var large = File.Create(Path.Combine(pooled, "large")))
        {
            large.Write(new byte[300 << 20]);
        }

        disk.Leave(100 << 20);
        await File.WriteAllTextAsync(Path.Combine(bench.Signals, "again"), "", TestContext.Current.CancellationToken);
        await bench.InterlockAsync("retry", "1.1.1");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.False(Directory.Exists(pooled));
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
    }

    private static async Task<(bool Hit, bool Told, List<string> Problems)> PlayAsync(Point point)
    {
        using var disk = Disk.TryMount()!;
        using var bench = await Bench.CreateAsync(point.Script.Plan, point.Script.Agent, limits: point.Script.Limits, within: disk.Path);
        var (hit, told, problems, said) = (false, false, new List<string>(), new List<string>());
        for (var i = 0; i < point.Script.Steps.Count; i++)
        {
            if (i == point.Step)
            {
                using var process = bench.BeginWith(new() { ["INTERLOCK_FAILPOINT"] = string.Create(CultureInfo.InvariantCulture, $"stop:{point.Effect}") }, point.Script.Steps[i].Command);
                hit = Disk.AwaitStop(process);
                if (hit)
                {
                    try
                    {
                        disk.Leave(point.Bytes);
                    }
                    finally
                    {
                        Disk.Continue(process);
                    }
                }

                var ran = await Product.FinishAsync(process);
                said.Add(ran.ToString());
                told |= Tells(ran, problems);
                told |= hit && Tells(await bench.InterlockAsync("status"), problems);
                disk.Free();
            }

            if (await ScriptPlay.StepAsync(bench, point.Script.Steps[i], []) is { } again)
            {
                said.Add(again.ToString());
            }
        }

        await ScriptPlay.MendAsync(bench, point.Script);
        var ending = await Ending.OfAsync(bench, point.Script);
        if (ending != point.Ending)
        {
            problems.Add($"{ending} instead of {point.Ending}\n{string.Join('\n', said)}\n{await bench.InterlockAsync("log")}");
        }

        problems.AddRange(await Ending.LeftoversAsync(bench));
        return (hit, told, problems);
    }

    // A command may get by with what space there is, but one that does not must say why.
    private static bool Tells(Ran ran, List<string> problems)
    {
        var names = Disks().IsMatch(ran.Output + ran.Error);
        if (ran.ExitCode != 0 && !names)
        {
            problems.Add($"failed without a word about the disk: {ran}");
        }

        if ((ran.Output + ran.Error).Contains("   at Interlock.", StringComparison.Ordinal))
        {
            problems.Add($"fell over: {ran}");
        }

        return names;
    }

    [GeneratedRegex("disk|no space|space left", RegexOptions.IgnoreCase)]
    private static partial Regex Disks();
}
