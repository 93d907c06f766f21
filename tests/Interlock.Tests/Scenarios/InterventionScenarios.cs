using Microsoft.Data.Sqlite;

namespace Interlock.Tests.Scenarios;

/// <summary>What people do to a run from outside, with <c>rm</c> and <c>git</c>, and what becomes of it.</summary>
public sealed class InterventionScenarios
{
    private const string WaitsOnce = """
        mkdir -p src
        if [ -e "$SIGNALS/started" ]; then cat src/half.txt > "$SIGNALS/found" 2>/dev/null; echo x > src/part.txt; exit 0; fi
        echo half > src/half.txt
        git add -A; git -c user.name=a -c user.email=a@a commit -qm half
        pwd > "$SIGNALS/where.tmp"; mv "$SIGNALS/where.tmp" "$SIGNALS/where"
        : > "$SIGNALS/started"
        while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
        echo x > src/part.txt
        """;

    [Fact]
    public async Task The_branch_of_a_running_agent_deleted_by_hand_costs_none_of_its_work()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), WaitsOnce);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        await bench.GitAsync("update-ref", "-d", "refs/heads/agent/1.1.1/1");
        await bench.AwaitEventAsync("attempt.branch-restored", "refs/heads/agent/1.1.1/1 was deleted");
        Assert.Equal("half", await bench.GitAsync("log", "-1", "--format=%s", "refs/heads/agent/1.1.1/1"));
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("half", await bench.ShowAsync("src/half.txt"));
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_run_goes_on_while_the_files_people_share_cannot_be_read_and_tells_it_once()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), WaitsOnce);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        var comms = Path.Combine(bench.Root, "agent_comms");
        Directory.Delete(comms, recursive: true);
        Directory.CreateSymbolicLink(comms, bench.Signals);
        const string Told = "agent_comms is a symbolic link";
        while (await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains(Told, StringComparison.Ordinal))
        {
        }

        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.DoesNotContain(Told, ran.Output, StringComparison.Ordinal);
        Assert.Equal("half", await bench.ShowAsync("src/half.txt"));
        File.Delete(comms);
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_running_agents_lock_does_not_stop_it()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), WaitsOnce);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        File.Delete(Path.Combine(bench.Root, ".lock", "1.1.1.lock"));
        Directory.CreateDirectory(Path.Combine(bench.Root, ".lock", "1.1.1.lock"));
        await bench.AwaitEventAsync("file.quarantined", ".lock/1.1.1.lock is a folder");
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.False(File.Exists(Path.Combine(bench.Signals, "found")));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_worktree_of_a_running_agent_deleted_by_hand_keeps_what_was_committed_in_it()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), WaitsOnce);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        Directory.Delete((await File.ReadAllTextAsync(Path.Combine(bench.Signals, "where"))).Trim(), recursive: true);
        Assert.Equal(["worktree-missing"], await bench.FindingsAsync(1));
        await bench.AwaitEventAsync("attempt.worktree-gone", "was deleted");
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("half\n", await File.ReadAllTextAsync(Path.Combine(bench.Signals, "found")));
        Assert.Equal("half", await bench.ShowAsync("src/half.txt"));
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Work_that_needs_a_file_another_holds_is_parked_and_lands_after_it_without_a_failed_attempt()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt", "1.1.2||src/b.txt"), """
            echo "$INTERLOCK_TASK_ID" >> src/a.txt
            if [ "$INTERLOCK_TASK_ID" = 1.1.1 ]; then
              while [ ! -e "$SIGNALS/parked" ]; do sleep 0.05; done
            else
              echo "$INTERLOCK_TASK_ID" > src/b.txt
            fi
            """);
        using var run = bench.StartRun();
        await bench.AwaitEventAsync("task.parked", "src/a.txt");
        bench.Signal("parked");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("1.1.1\n1.1.2", await bench.ShowAsync("src/a.txt"));
        Assert.DoesNotContain("task.failed", await bench.EventKindsAsync());
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_run_says_every_few_seconds_that_it_is_alive()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), "mkdir -p src; echo x > src/part.txt");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        using var connection = new SqliteConnection($"Data Source={Path.Combine(bench.StateDir, "state.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM heartbeat";

        Assert.Equal(1L, command.ExecuteScalar());
    }
}
