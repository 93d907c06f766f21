namespace Interlock.Tests.Scenarios;

/// <summary>What was done to a repository in which work has landed, as doctor sees and mends it.</summary>
public sealed class DoctorScenarios
{
    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Theory]
    [InlineData("after-claim", "holder-gone")]
    [InlineData("after-worktree", "holder-gone")]
    [InlineData("after-spawn", "holder-gone")]
    [InlineData("after-intent", "intent-open")]
    [InlineData("after-swap", "intent-open")]
    public async Task What_a_killed_run_leaves_is_found_and_repaired(string failpoint, string code)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun(failpoint))).ExitCode);

        Assert.Contains(code, await bench.FindingsAsync(1));
        await bench.FindingsAsync(0, "--fix");

        Assert.DoesNotContain(code, await bench.FindingsAsync(0));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_deleted_branch_comes_back_and_one_that_was_moved_back_pauses_its_queue()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);

        await bench.GitAsync("branch", "-D", Bench.Branch);
        Assert.Equal(["branch-missing"], await bench.FindingsAsync(1));
        await bench.FindingsAsync(0, "--fix");
        Assert.Equal(tip, await bench.GitAsync("rev-parse", Bench.Branch));

        await bench.GitAsync("branch", "-f", Bench.Branch, $"{tip}~1");
        Assert.Equal(["branch-forced"], await bench.FindingsAsync(1));
        await bench.FindingsAsync(0, "--fix");
        Assert.Equal(["queue-paused"], await bench.FindingsAsync(1));
        Assert.Contains("branch.force-moved", await bench.EventKindsAsync());

        // Moved on to where it had been: the work is there again, and doctor knows it by its trailers.
        await bench.GitAsync("branch", "-f", Bench.Branch, tip);
        await bench.InterlockAsync("queue", "resume");
        Assert.Equal(["landed-unrecorded"], await bench.FindingsAsync(1));
        await bench.FindingsAsync(0, "--fix");
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Landed_work_that_is_on_no_branch_and_work_that_landed_twice_are_found()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);
        var twice = await bench.CommitAsInterlockAsync($"{tip}^{{tree}}", tip, await bench.GitAsync("log", "-1", "--format=%B", tip));
        await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", twice);
        Assert.Equal(["landed-twice"], await bench.FindingsAsync(1));

        await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", "main");
        await bench.GitAsync("update-ref", $"refs/interlock/landed/{Bench.Branch}", "main");
        Assert.Equal(["branch-forced", "landed-missing"], await bench.FindingsAsync(1));
    }

    [Fact]
    public async Task A_commit_completed_by_hand_and_taken_off_every_branch_is_kept_and_its_task_can_be_opened()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), Writes);
        await bench.InterlockAsync("assign", "--story", "1.1");
        await bench.InterlockAsync("claim", "1.1.1", "--agent", "qa-1");
        bench.Write("src/1.1.1.txt", "work\n");
        await bench.GitAsync("add", "src");
        await bench.GitAsync("commit", "--quiet", "-m", "[qa-1] [1.1.1] work");
        Assert.Equal(0, (await bench.InterlockAsync("complete", "1.1.1", "--agent", "qa-1")).ExitCode);
        await bench.GitAsync("reset", "--quiet", "--hard", "HEAD~1");
        Assert.Equal(["landed-missing"], await bench.FindingsAsync(1));

        await bench.FindingsAsync(0, "--fix");

        await bench.GitAsync("reflog", "expire", "--expire=now", "--all");
        await bench.GitAsync("gc", "--quiet", "--prune=now");
        Assert.Equal(1, (await bench.InterlockAsync("claim", "1.1.2", "--agent", "qa-2")).ExitCode);
        Assert.Contains("src/1.1.1.txt", (await bench.InterlockAsync("salvage", "show", "1.1.1")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.InterlockAsync("retry", "1.1.1")).ExitCode);
        Assert.Equal(0, (await bench.InterlockAsync("claim", "1.1.1", "--agent", "qa-1")).ExitCode);
        Assert.Contains("task.uprooted", await bench.EventKindsAsync());
    }

    [Fact]
    public async Task A_crashed_runs_locks_are_free_at_the_next_command()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), """
            : > "$SIGNALS/started-$INTERLOCK_TASK_ID"
            sleep 600
            """);
        using var run = bench.StartRun();
        foreach (var task in (string[])["1.1.1", "1.1.2", "1.1.3"])
        {
            await bench.AwaitSignalAsync($"started-{task}");
        }

        run.Kill();
        await run.WaitForExitAsync();
        var claimed = await bench.InterlockAsync("claim", "1.1.2", "--agent", "qa-1");

        Assert.True(claimed.ExitCode == 0, claimed.ToString());

        // Killed while it wrote one, the run leaves the beginning of it under another name, which doctor clears away.
        Assert.Equal(["1.1.2.lock"], Directory.GetFiles(Path.Combine(bench.Root, ".lock"), "*.lock").Select(Path.GetFileName));
        await bench.InterlockAsync("doctor", "--fix");
        Assert.Equal(["1.1.2.lock"], Directory.GetFiles(Path.Combine(bench.Root, ".lock")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_run_leaves_a_backup_outside_the_repository()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        Assert.Single(Directory.GetFiles(bench.BackupsDir));
    }
}
