using System.Diagnostics;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Running;

namespace Interlock.Tests.Scenarios;

/// <summary>Limits of a run that is at work, and what it learns for the next one.</summary>
public sealed class LimitScenarios
{
    private const string Waits = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
        : > "$SIGNALS/started-$INTERLOCK_TASK_ID"
        while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
        """;

    // Two that are inside at once leave a mark.
    private const string Alone = "mkdir $SIGNALS/inside || touch $SIGNALS/crowd; sleep 0.3; rmdir $SIGNALS/inside; true";

    [Fact]
    public async Task A_limit_that_is_raised_during_a_run_counts_from_the_next_tick()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), Waits, limits: """{ "agents": 1 }""");
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started-1.1.1");
        Assert.False(File.Exists(Path.Combine(bench.Signals, "started-1.1.2")));

        Change(bench, "\"agents\": 1", "\"agents\": 2");
        await bench.AwaitSignalAsync("started-1.1.2");
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("limits.agents is 2 now, was 1", ran.Output, StringComparison.Ordinal);
        Assert.Contains("config.changed", await bench.EventKindsAsync());
        Assert.Equal(2, (await bench.LandedAsync()).Count);
    }

    [Fact]
    public async Task A_limit_that_is_lowered_during_a_run_starts_nobody_new()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), Waits, limits: """{ "agents": 2 }""");
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started-1.1.1");
        await bench.AwaitSignalAsync("started-1.1.2");

        Change(bench, "\"agents\": 2", "\"agents\": 1");
        await SaysAsync(run, "limits.agents is 1 now, was 2");
        Assert.Equal("limit-agents", (await bench.InterlockAsync("explain", "1.1.3", "--json")).Json.GetProperty("because").GetProperty("code").GetString());
        bench.Signal("go");

        await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, (await bench.LandedAsync()).Count);
    }

    [Fact]
    public async Task A_broken_file_changes_nothing_and_is_told_with_its_line()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Waits, limits: """{ "agents": 1 }""");
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started-1.1.1");

        bench.Write("interlock.json", "{\n  \"limits\": { \"agents\": \"many\" }\n}\n");
        var told = await SaysAsync(run, "WARNING");
        bench.Signal("go");

        Assert.Contains("interlock.json:2: the value should be a whole number", told, StringComparison.Ordinal);
        Assert.Contains("the run goes on with what it had", told, StringComparison.Ordinal);
        await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
    }

    [Fact]
    public async Task Other_commands_count_once_a_person_has_trusted_them_and_not_before()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3|Task 1.1.2"), """
            mkdir -p src
            echo old > "src/$INTERLOCK_TASK_ID.txt"
            : > "$SIGNALS/started-$INTERLOCK_TASK_ID"
            while [ ! -e "$SIGNALS/go-$INTERLOCK_TASK_ID" ]; do sleep 0.05; done
            """);
        bench.Write("other.sh", "mkdir -p src; echo new > \"src/$INTERLOCK_TASK_ID.txt\"\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "another agent");
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started-1.1.1");

        Change(bench, "agent.sh", "other.sh");
        Assert.Contains("that nobody has trusted yet", await SaysAsync(run, "WARNING"), StringComparison.Ordinal);
        bench.Signal("go-1.1.1");
        await bench.AwaitSignalAsync("started-1.1.2");
        Assert.Equal(0, (await bench.InterlockAsync("trust", "--yes")).ExitCode);
        await SaysAsync(run, "agent as trusted");
        bench.Signal("go-1.1.2");

        await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("old", "old", "new"), (await bench.ShowAsync("src/1.1.1.txt"), await bench.ShowAsync("src/1.1.2.txt"), await bench.ShowAsync("src/1.1.3.txt")));
    }

    [Fact]
    public async Task Agents_of_one_provider_are_never_more_than_its_limit()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), $"""
            mkdir -p src
            echo x > "src/$INTERLOCK_TASK_ID.txt"
            {Alone}
            """, limits: """{ "agents": 3, "per_provider": { "shell": 1 } }""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.False(File.Exists(Path.Combine(bench.Signals, "crowd")));
        Assert.Equal(3, (await bench.LandedAsync()).Count);
    }

    [Fact]
    public async Task Checks_run_one_at_a_time_where_one_build_is_the_limit()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), """
            mkdir -p src
            echo x > "src/$INTERLOCK_TASK_ID.txt"
            """, limits: """{ "agents": 3, "builds": 1 }""");
        var config = bench.Read("interlock.json").Replace("\"command\": \"! grep -rq BROKEN src\"", $"\"command\": \"{Alone}\", \"at\": \"both\"", StringComparison.Ordinal);
        Assert.Contains("\"both\"", config, StringComparison.Ordinal);
        bench.Write("interlock.json", config);
        await bench.GitAsync("commit", "--quiet", "-am", "checks");
        await bench.InterlockAsync("trust", "--yes");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.False(File.Exists(Path.Combine(bench.Signals, "crowd")));
        Assert.Equal(3, (await bench.LandedAsync()).Count);
    }

    [Fact]
    public async Task What_landed_teaches_how_long_the_rest_takes_and_what_else_it_touches()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.txt", "1.1.2||src/2.txt", "1.1.3|Task 1.1.2|src/3.txt"), """
            mkdir -p src
            if [ "$INTERLOCK_TASK_ID" = 1.1.3 ]; then exit 1; fi
            echo x > "$INTERLOCK_FILES"
            if [ "$INTERLOCK_TASK_ID" = 1.1.2 ]; then echo y > src/shared.txt; fi
            """, limits: """{ "agents": 1, "attempts": 1 }""");
        var before = (await bench.InterlockAsync("plan", "--story", "1.1", "--json")).Json.GetProperty("forecast").GetProperty("durations")[2];

        var ran = await bench.RunAsync("--json");
        await bench.InterlockAsync("retry", "1.1.3");
        var forecast = (await bench.InterlockAsync("plan", "--story", "1.1", "--json")).Json.GetProperty("forecast");

        Assert.True(ran.Json.GetProperty("predicted_seconds").GetDouble() > 0);
        Assert.Equal(("weight", 0), (before.GetProperty("ground").GetString(), before.GetProperty("samples").GetInt32()));
        var estimate = forecast.GetProperty("durations").EnumerateArray().Single(entry => entry.GetProperty("task_id").GetString() == "1.1.3");
        Assert.Equal(2, estimate.GetProperty("samples").GetInt32());
        Assert.True(estimate.GetProperty("median").GetDouble() < before.GetProperty("median").GetDouble() / 2);
        var likely = Assert.Single(forecast.GetProperty("likely_files").EnumerateArray());
        Assert.Equal(("1.1.3", "src/shared.txt"), (likely.GetProperty("task_id").GetString(), likely.GetProperty("path").GetString()));
        Assert.Contains("Likely also touched", (await bench.InterlockAsync("plan", "--story", "1.1")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("src/shared.txt", bench.Read("agent_tasks/todo_progress.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_learns_from_its_own_landings_how_long_the_rest_takes()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/1.txt", "1.1.2||src/2.txt"), """
            mkdir -p src
            echo x > "$INTERLOCK_FILES"
            """);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        using var workspace = Workspace.Open(bench.Root, TimeProvider.System);
        var task = workspace.Snapshot().Tasks[0];
        var pace = new RunPace(workspace, new Dictionary<TaskId, TimeSpan>());
        var (before, landing) = (pace.TimeOf(task), pace.Landing);

        pace.NoteBatch();

        Assert.Equal((Effort.Prior(task), Effort.Unit / 10), (before, landing));
        Assert.InRange(pace.TimeOf(task), TimeSpan.Zero, before / 2);
        Assert.InRange(pace.Landing, TimeSpan.FromTicks(1), landing / 2);
        var told = new RunPace(workspace, new Dictionary<TaskId, TimeSpan> { [task.Id] = TimeSpan.FromSeconds(20) });
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(2)), (told.TimeOf(task), told.Landing));
        Assert.Equal(pace.TimeOf(task), workspace.Store.Read(reader => workspace.Protocol.Options.Effort(reader)(task)));
    }

    private static void Change(Bench bench, string old, string now)
    {
        var text = bench.Read("interlock.json");
        Assert.Contains(old, text, StringComparison.Ordinal);
        bench.Write("interlock.json", text.Replace(old, now, StringComparison.Ordinal));
    }

    private static async Task<string> SaysAsync(Process run, string words)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await run.StandardOutput.ReadLineAsync(bound.Token) is { } line)
        {
            if (line.Contains(words, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"the run ended without saying '{words}'");
    }
}
