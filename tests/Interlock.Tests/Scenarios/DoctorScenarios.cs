using Interlock.Tests.Faults;

namespace Interlock.Tests.Scenarios;

/// <summary>What was done to a repository in which work has landed, as doctor sees and mends it.</summary>
public sealed class DoctorScenarios
{
    private const string Writes = """
        mkdir -p src
        if [ -e "$SIGNALS/refuse-$INTERLOCK_TASK_ID" ]; then exit 3; fi
        echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    private static readonly string Three = Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_the_state_folder_deleted_nothing_that_landed_is_done_again_and_every_old_token_is_stale(bool backup)
    {
        using var bench = await Bench.CreateAsync(Three, Writes, limits: """{ "agents": 4, "attempts": 1 }""");
        bench.Signal("refuse-1.1.2");
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        await bench.InterlockAsync("retry", "1.1.2");
        var claim = (await bench.InterlockAsync("claim", "1.1.2", "--agent", "dev-oauth-1", "--json")).Json;
        var (token, fence) = (claim.GetProperty("token").GetString()!, claim.GetProperty("lease").GetProperty("fence").GetInt64());
        Directory.Delete(bench.StateDir, recursive: true);
        if (!backup)
        {
            Directory.Delete(bench.BackupsDir, recursive: true);
        }

        // No command starts over with an empty state.
        var refused = await bench.InterlockAsync("status");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("interlock doctor --rebuild", refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await bench.RunAsync()).ExitCode);

        var rebuilt = await bench.InterlockAsync("doctor", "--rebuild", "--json");
        Assert.True(rebuilt.ExitCode == 0, rebuilt.ToString());
        Assert.Equal(2, rebuilt.Json.GetProperty("landed").GetInt32());
        Assert.Equal(backup, rebuilt.Json.GetProperty("source").GetString()!.Contains("backup", StringComparison.Ordinal));
        await bench.AssertSoundAsync();

        var stale = await bench.InterlockAsync("renew", "1.1.2", "--token", token, "--agent", "dev-oauth-1", "--json");
        Assert.Contains("another incarnation", stale.Json.GetProperty("refused").GetProperty("message").GetString(), StringComparison.Ordinal);
        var again = await bench.InterlockAsync("claim", "1.1.2", "--agent", "dev-oauth-1", "--json");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.True(again.Json.GetProperty("lease").GetProperty("fence").GetInt64() > fence);
        await bench.InterlockAsync("release", "1.1.2", "--agent", "dev-oauth-1");

        File.Delete(Path.Combine(bench.Signals, "refuse-1.1.2"));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["1.1.1", "1.1.2", "1.1.3"], (await bench.LandedAsync()).Order());
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_repair_that_landed_keeps_its_name_for_itself_when_the_state_is_rebuilt()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            case $INTERLOCK_TASK_ID in
            repair-*) echo "$INTERLOCK_TASK_ID" > src/start.txt;;
            *) echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt";;
            esac
            """);
        await BreakAsync(bench);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Directory.Delete(bench.StateDir, recursive: true);
        Directory.Delete(bench.BackupsDir, recursive: true);

        var rebuilt = await bench.InterlockAsync("doctor", "--rebuild", "--json");

        Assert.Equal(2, rebuilt.Json.GetProperty("landed").GetInt32());
        await bench.GitAsync("switch", "--quiet", Bench.Branch);
        await BreakAsync(bench);
        await bench.GitAsync("switch", "--quiet", "main");
        bench.Write("plan/IMPLEMENTATION_PLAN.md", Bench.Plan("1.1.1", "1.1.2"));
        Assert.Equal(0, (await bench.InterlockAsync("import")).ExitCode);
        var ran = await bench.RunAsync("--allow-dirty");
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2", "repair-1.1", "repair-1.1-2"], (await bench.LandedAsync()).Order());
        await bench.AssertHealthyAsync();

        static async Task BreakAsync(Bench bench)
        {
            bench.Write("src/start.txt", "BROKEN\n");
            await bench.GitAsync("commit", "--quiet", "-am", "break it");
        }
    }

    [Fact]
    public async Task A_run_whose_state_folder_is_deleted_stops_and_lands_nothing_more()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), """
            mkdir -p src
            if [ "$INTERLOCK_TASK_ID" = 1.1.2 ]; then : > "$SIGNALS/started"; while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done; fi
            echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        Directory.Move(bench.StateDir, bench.StateDir + "-gone");
        bench.Signal("go");

        var ended = await Product.FinishAsync(run);

        Assert.Equal(3, ended.ExitCode);
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
        var rebuilt = await bench.InterlockAsync("doctor", "--rebuild");
        Assert.True(rebuilt.ExitCode == 0, rebuilt.ToString());
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["1.1.1", "1.1.2"], await bench.LandedAsync());
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Agents_of_a_run_that_was_killed_with_its_state_are_stopped_by_the_rebuild_and_their_work_is_kept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere nobody finds them");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            echo half > "src/$INTERLOCK_TASK_ID.txt"
            setsid sh -c ': > "$SIGNALS/child"; while :; do sleep 0.05; done' &
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        await bench.AwaitSignalAsync("child");
        run.Kill();
        await Product.FinishAsync(run);
        Directory.Delete(bench.StateDir, recursive: true);
        Assert.NotEmpty(Agents());

        var rebuilt = await bench.InterlockAsync("doctor", "--rebuild", "--json");

        Assert.True(rebuilt.ExitCode == 0, rebuilt.ToString());
        Assert.Empty(Agents());
        Assert.InRange(rebuilt.Json.GetProperty("stopped").GetInt32(), 2, 20);
        Assert.Equal(1, rebuilt.Json.GetProperty("with_earlier_work").GetInt32());
        Assert.Contains("of agents stopped", (await bench.InterlockAsync("log", "--json")).Output, StringComparison.Ordinal);

        // A later attempt that did nothing hides nothing, and branches of attempts that nobody remembers do not stay for ever.
        await bench.GitAsync("branch", "agent/1.1.1/999999", "main");
        await bench.GitAsync("branch", "agent/of/mine", "main");
        Directory.Delete(bench.StateDir, recursive: true);
        Assert.Equal(1, (await bench.InterlockAsync("doctor", "--rebuild", "--json")).Json.GetProperty("with_earlier_work").GetInt32());
        Assert.Equal("refs/heads/agent/of/mine", (await bench.GitAsync("for-each-ref", "--format=%(refname)", "refs/heads/agent")).Trim());
        bench.Signal("go");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        await bench.AssertSoundAsync();

        IEnumerable<int> Agents() => Family.Of(bench.Signals).Where(member => member.Kin == Family.Kin.Agent).Select(member => member.Pid);
    }

    [Fact]
    public async Task What_was_undone_stays_undone_when_the_state_is_rebuilt()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var undone = await bench.InterlockAsync("undo", "1.1.1", "--by", "ada");
        Assert.True(undone.ExitCode == 0, undone.ToString());
        Directory.Delete(bench.StateDir, recursive: true);
        Directory.Delete(bench.BackupsDir, recursive: true);

        Assert.Equal(0, (await bench.InterlockAsync("doctor", "--rebuild")).ExitCode);

        var tasks = (await bench.InterlockAsync("status", "--story", "1.1", "--json")).Json.GetProperty("tasks").EnumerateArray()
            .ToDictionary(task => task.GetProperty("task_id").GetString()!, task => task.GetProperty("status").GetString());
        Assert.Equal(("blocked", "completed"), (tasks["1.1.1"], tasks["1.1.2"]));
    }

    [Fact]
    public async Task A_state_file_that_was_emptied_is_a_lost_state_and_no_fresh_one()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        foreach (var file in Directory.GetFiles(bench.StateDir, "state.db*"))
        {
            File.Delete(file);
        }

        await File.WriteAllBytesAsync(Path.Combine(bench.StateDir, "state.db"), [], TestContext.Current.CancellationToken);

        var refused = await bench.InterlockAsync("status");

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("interlock doctor --rebuild", refused.Error, StringComparison.Ordinal);
        var rebuilt = await bench.InterlockAsync("doctor", "--rebuild", "--json");
        Assert.True(rebuilt.ExitCode == 0, rebuilt.ToString());
        Assert.Equal(1, rebuilt.Json.GetProperty("landed").GetInt32());
    }

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
