using System.Globalization;
using System.Text.Json.Nodes;
using Interlock.Tests.Faults;

namespace Interlock.Tests.Scenarios;

/// <summary>What <c>doctor --rebuild</c> makes of git and the files after the state was lost.</summary>
public sealed class RebuildScenarios
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
    public async Task A_run_that_had_landed_nothing_is_missed_too_when_its_state_is_gone()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            mkdir -p src
            echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        run.Kill();
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.Delete(bench.StateDir, recursive: true);

        var refused = await bench.InterlockAsync("status");
        File.Delete(Path.Combine(bench.Root, "agent_tasks", "todo_progress.json"));
        await bench.GitAsync("worktree", "prune");
        var byLocks = await bench.InterlockAsync("status");

        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("attempts of a run have branches", StringComparison.Ordinal), refused.ToString());
        Assert.Equal(3, byLocks.ExitCode);
        Assert.Equal(0, (await bench.InterlockAsync("doctor", "--rebuild")).ExitCode);
        Assert.Empty((await bench.InterlockAsync("locks", "--json")).Json.GetProperty("locks").EnumerateArray());
        bench.Signal("go");
        var ran = await bench.RunAsync();
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
    }

    [Fact]
    public async Task Work_by_hand_whose_store_is_emptied_goes_on_after_a_rebuild_and_a_persons_hold_stays()
    {
        using var bench = await Bench.CreateAsync(Three, Writes);
        await bench.InterlockAsync("assign", "--story", "1.1");
        Assert.Equal(0, (await bench.InterlockAsync("lock", "secret.txt")).ExitCode);
        await File.WriteAllBytesAsync(Path.Combine(bench.StateDir, "state.db"), [], TestContext.Current.CancellationToken);

        var refused = await bench.InterlockAsync("status");

        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("todo_progress.json shows its tasks", StringComparison.Ordinal), refused.ToString());
        Assert.Equal(0, (await bench.InterlockAsync("doctor", "--rebuild")).ExitCode);
        var held = Assert.Single((await bench.InterlockAsync("locks", "--json")).Json.GetProperty("locks").EnumerateArray());
        Assert.Equal("secret.txt", held.GetProperty("files")[0].GetString());
        Assert.StartsWith("files@", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(bench.Root, ".lock")))), StringComparison.Ordinal);
        Assert.Equal(0, (await bench.InterlockAsync("unlock", "secret.txt")).ExitCode);
    }

    [Fact]
    public async Task A_clone_that_has_the_status_file_in_its_commits_begins_like_any_other()
    {
        using var bench = await Bench.CreateAsync(Three, Writes);
        await bench.InterlockAsync("assign", "--story", "1.1");
        await bench.GitAsync("add", "--force", "agent_tasks/todo_progress.json");
        await bench.GitAsync("commit", "--quiet", "-m", "everything");
        foreach (var folder in (string[])[bench.StateDir, Path.Combine(bench.Root, ".lock")])
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.Equal(0, (await bench.InterlockAsync("assign", "--story", "1.1")).ExitCode);
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
    public async Task An_agent_that_is_started_just_when_the_state_goes_is_not_left_at_work()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "agents are found by their environment in /proc");
        using var bench = await Bench.CreateAsync(
            Bench.Plan("1.1.1"),
            """
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            """,
            more: """
                "worktrees": { "setup": "cd $(git rev-parse --git-common-dir)/interlock && mv state.db gone.db" }, "admission": "off",
                """);

        var ended = await bench.RunAsync();

        Assert.Equal(3, ended.ExitCode);
        Assert.True(File.Exists(Path.Combine(bench.Signals, "started")));
        Assert.Empty(Family.AgentsOf(bench.Signals));
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
        Assert.NotEmpty(Family.AgentsOf(bench.Signals));

        var rebuilt = await bench.InterlockAsync("doctor", "--rebuild", "--json");

        Assert.True(rebuilt.ExitCode == 0, rebuilt.ToString());
        Assert.Empty(Family.AgentsOf(bench.Signals));
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
    }

    [Fact]
    public async Task A_rebuild_gives_no_fence_of_before_to_the_lock_of_a_person_and_no_work_to_another_task()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere nobody stops the agent");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2||src/two.txt"), """
            mkdir -p src
            echo half > "src/$INTERLOCK_TASK_ID.txt"
            git add -A && git -c user.name=a -c user.email=a@a commit -qm half
            echo "$INTERLOCK_TOKEN" > "$SIGNALS/token"
            : > "$SIGNALS/at-$INTERLOCK_TASK_ID"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            """, limits: """{ "agents": 1 }""");
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("at-1.1.1");
        var before = Fence(File.ReadAllText(Path.Combine(bench.Signals, "token")));
        run.Kill();
        await Product.FinishAsync(run);
        Directory.Delete(bench.StateDir, recursive: true);
        bench.Write(".lock/1.1.2.lock", """{ "agent_id": "ada", "reason": "mine" }""");

        Assert.Equal(0, (await bench.InterlockAsync("doctor", "--rebuild")).ExitCode);

        Assert.InRange(Fence(JsonNode.Parse(bench.Read(".lock/1.1.2.lock"))!["token"]!.GetValue<string>()), before + 1, long.MaxValue);
        var salvaged = (await bench.InterlockAsync("log", "--kind", "work.salvaged", "--json")).Json.GetProperty("events").EnumerateArray();
        Assert.Equal(["1.1.1"], salvaged.Select(line => line.GetProperty("task_id").GetString()));
        Assert.Equal("", await bench.GitAsync("for-each-ref", "refs/heads/agent"));

        static long Fence(string token) => long.Parse(token.Split('.')[1], CultureInfo.InvariantCulture);
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
}
