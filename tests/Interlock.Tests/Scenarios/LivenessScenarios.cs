using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Scenarios;

/// <summary>Agents that hang, loop, flood, lie or only take long, in a real run: what is done about them, and what people see of it.</summary>
[Trait("campaign", "liveness")]
public sealed class LivenessScenarios
{
    private const string Work = "mkdir -p src; echo \"$INTERLOCK_TASK_ID\" > \"src/$INTERLOCK_TASK_ID.txt\"";

    [Fact]
    public async Task A_hung_agent_is_asked_saved_and_begun_anew_in_its_worktree_where_its_work_goes_on()
    {
        // The first process leaves half of its work and hangs; the next finds it and goes on.
        using var bench = await CreateAsync($$"""
            if [ -f src/half.txt ]; then {{Work}}; exit 0; fi
            mkdir -p src; echo half > src/half.txt; echo begun
            exec sleep 600
            """, silence: "4s");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
        Assert.Equal("half", await bench.ShowAsync("src/half.txt"));
        Assert.Equal(["agent.idle", "agent.nudged", "agent.stuck", "agent.saved", "work.saved", "agent.restarted"], (await bench.EventKindsAsync()).Where(kind => (kind.StartsWith("agent.", StringComparison.Ordinal) && kind != "agent.started") || kind == "work.saved"));
        Assert.Contains("interventions  1 nudged, 1 saved, 1 restarted", ran.Output, StringComparison.Ordinal);
        Assert.Contains("attempts       1", ran.Output, StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Who_hangs_again_is_given_up_and_the_next_learns_why()
    {
        using var bench = await CreateAsync($$"""
            if [ "$INTERLOCK_ATTEMPT" = 2 ]; then cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/prompt"; echo "$INTERLOCK_AGENT_ID" > "$SIGNALS/who"; {{Work}}; exit 0; fi
            echo "$INTERLOCK_AGENT_ID" > "$SIGNALS/hung"
            exec sleep 600
            """, silence: "2s");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("The attempt before failed: ", File.ReadAllText(Path.Combine(bench.Signals, "prompt")), StringComparison.Ordinal);
        Assert.Matches("was given up, after it had been interrupted once: stuck: no sign of life for", File.ReadAllText(Path.Combine(bench.Signals, "prompt")));
        Assert.NotEqual(File.ReadAllText(Path.Combine(bench.Signals, "hung")), File.ReadAllText(Path.Combine(bench.Signals, "who")));
        Assert.Contains("agent.reassigned", await bench.EventKindsAsync());
    }

    [Fact]
    public async Task Everybody_can_see_how_an_agent_is_and_why()
    {
        using var bench = await CreateAsync($$"""
            echo begun
            read go < "$SIGNALS/gate"
            {{Work}}
            """, silence: "20s", sandbox: "none");
        using (var made = Process.Start("mkfifo", [Path.Combine(bench.Signals, "gate")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var run = bench.StartRun();
        await bench.AwaitEventAsync("agent.idle", "no sign of life for");

        var status = (await bench.InterlockAsync("status", "--json")).Json.GetProperty("agents").EnumerateArray().Single();
        var text = await bench.InterlockAsync("status");
        var watch = await bench.InterlockAsync("watch", "--once");
        var explained = await bench.InterlockAsync("explain", "1.1.1");
        await File.WriteAllTextAsync(Path.Combine(bench.Signals, "gate"), "go\n", TestContext.Current.CancellationToken);
        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("1.1.1", status.GetProperty("task_id").GetString());
        Assert.Contains(status.GetProperty("health").GetString(), (string[])["idle", "stuck"]);
        Assert.StartsWith("no sign of life for", status.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("worktree unchanged", status.GetProperty("evidence").EnumerateArray().Select(line => line.GetString()));
        Assert.All((Ran[])[text, watch, explained], shown => Assert.Contains("no sign of life for", shown.Output, StringComparison.Ordinal));
        Assert.Contains("  evidence ", explained.Output, StringComparison.Ordinal);
        Assert.Empty((await bench.InterlockAsync("status", "--json")).Json.GetProperty("agents").EnumerateArray());
    }

    [Fact]
    public async Task A_machine_at_its_limit_runs_one_agent_at_a_time_and_explain_says_so()
    {
        using var bench = await CreateAsync($$"""
            touch "$SIGNALS/in-$INTERLOCK_TASK_ID"
            while [ ! -f "$SIGNALS/go" ]; do sleep 0.1; done
            {{Work}}
            """, tasks: 3, more: "\"admission\": { \"load\": 10000, \"free_memory\": \"1000TB\" },");
        using var run = bench.StartRun();
        await bench.AwaitEventAsync("run.brake-on", "this machine is short of memory");

        var began = Directory.GetFiles(bench.Signals, "in-*").Length;
        var waiting = (await bench.InterlockAsync("status", "--json")).Json.GetProperty("tasks").EnumerateArray()
            .First(task => task.GetProperty("status").GetString() == "pending").GetProperty("task_id").GetString()!;
        var explained = (await bench.InterlockAsync("explain", waiting, "--json")).Json.GetProperty("because");
        bench.Signal("go");
        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.InRange(began, 0, 1);
        Assert.Equal("overload", explained.GetProperty("code").GetString());
        Assert.Equal(3, (await bench.LandedAsync()).Count);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Agents_that_are_killed_together_have_not_failed()
    {
        // Four wait until all are there; then something kills them all, as a machine short of memory does.
        using var bench = await CreateAsync($$"""
            if [ -f "$SIGNALS/killed" ]; then {{Work}}; exit 0; fi
            echo $$ > "$SIGNALS/pid-$INTERLOCK_TASK_ID.new"; mv "$SIGNALS/pid-$INTERLOCK_TASK_ID.new" "$SIGNALS/pid-$INTERLOCK_TASK_ID"
            while [ ! -f "$SIGNALS/killed" ]; do sleep 0.1; done
            kill -9 $$
            """, tasks: 4);
        using var run = bench.StartRun();
        foreach (var task in (string[])["1", "2", "3", "4"])
        {
            await bench.AwaitSignalAsync($"pid-1.1.{task}");
        }

        // A look has to have seen all four at work.
        while ((await bench.InterlockAsync("status", "--json")).Json.GetProperty("agents").GetArrayLength() < 4)
        {
            Assert.False(run.HasExited);
        }

        bench.Signal("killed");
        await bench.AwaitEventAsync("run.outage", "taken for an outage");
        var failed = (await bench.EventKindsAsync()).Count(kind => kind == "task.failed");
        run.Kill();
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, failed);
    }

    [Fact]
    public async Task What_an_agent_hides_in_a_world_of_its_own_ends_with_it()
    {
        Assert.SkipUnless(PidNamespace.Works, "needs root and unshare");
        using var bench = await CreateAsync($$"""
            env -i setsid sh -c 'echo hidden; exec sleep 4321' > /dev/null 2>&1 &
            {{Work}}
            """, sandbox: "none");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.DoesNotContain(Directory.GetDirectories("/proc"), process => CommandOf(process) == "sleep\04321\0");
    }

    [Fact]
    public async Task Ten_agents_that_flood_leave_the_run_small()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak is read in /proc");
        var megabytes = Faults.Programme.Size("FLOOD", 16, 64, 1024);
        using var bench = await CreateAsync($$"""
            '{{Agents.FakeAgent.Path}}' flood {{megabytes.ToString(CultureInfo.InvariantCulture)}} && {{Work}}
            """, tasks: 10);
        using var run = bench.StartRun();
        var most = await PeakOfAsync(run);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(10, (await bench.LandedAsync()).Count);
        var logs = Directory.GetFiles(Path.Combine(bench.StateDir, "logs"), "*.log*").Sum(path => new FileInfo(path).Length);
        TestContext.Current.TestOutputHelper!.WriteLine($"10 agents wrote {megabytes} MB each: the run's peak was {most >> 10} MB resident, logs take {logs >> 20} MB");
        Assert.InRange(logs, 1, 10 * (65L << 20));
        Assert.InRange(most >> 10, 1, 150);
    }

    [Fact]
    public async Task A_sample_of_real_agents_keeps_the_slow_ones_and_ends_those_nothing_comes_of()
    {
        using var bench = await CreateAsync($$"""
            case "$INTERLOCK_TASK_ID" in
              1.1.1) exec '{{Agents.FakeAgent.Path}}' hang ;;
              1.1.2) while :; do :; done ;;
              1.1.3) exec '{{Agents.FakeAgent.Path}}' repeat retrying ;;
              1.1.4) exec '{{Agents.FakeAgent.Path}}' lie ;;
              1.1.5) exec '{{Agents.FakeAgent.Path}}' die ;;
              1.1.6) end=$(($(date +%s) + 14)); while [ $(date +%s) -lt $end ]; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; done ;;
              1.1.7) for line in 1 2 3 4 5 6 7; do echo "part $line"; '{{Agents.FakeAgent.Path}}' slow 2 > /dev/null; done ;;
              1.1.8) '{{Agents.FakeAgent.Path}}' slow 4 ;;
            esac
            {{Work}}
            """, silence: "6s", noProgress: "12s", tasks: 8, attempts: 1);

        var ran = await bench.RunAsync("--json");

        Assert.True(ran.ExitCode == 1, ran.ToString());
        Assert.Equal(["1.1.6", "1.1.7", "1.1.8"], (await bench.LandedAsync()).Order());
        var ends = ran.Json.GetProperty("needs_person").EnumerateArray().ToDictionary(task => task.GetProperty("task_id").GetString()!, task => task.GetProperty("detail").GetString()!);
        Assert.Matches("after it had been interrupted once: stuck: no sign of life for .*: no output, no file, and its processes do nothing", ends["1.1.1"]);
        Assert.Contains("stuck: it lives, but nothing new has come of it for", ends["1.1.2"], StringComparison.Ordinal);
        Assert.Contains("was given up", ends["1.1.3"], StringComparison.Ordinal);
        Assert.Contains("changed nothing", ends["1.1.4"], StringComparison.Ordinal);
        Assert.Contains("killed by signal 9", ends["1.1.5"], StringComparison.Ordinal);
        var events = (await bench.InterlockAsync("log", "--limit", "1000", "--json")).Json.GetProperty("events").EnumerateArray().ToList();
        Assert.Contains(events, line => line.GetProperty("kind").GetString() == "agent.looping" && line.GetProperty("message").GetString()!.StartsWith("it repeats the line \"retrying\"", StringComparison.Ordinal));
        Assert.DoesNotContain(events, line => line.GetProperty("kind").GetString() is "agent.restarted" or "agent.reassigned" && line.GetProperty("task_id").GetString() is "1.1.6" or "1.1.7" or "1.1.8");
    }

    private static Task<Bench> CreateAsync(
        string agent, string silence = "20m", string noProgress = "30m", int tasks = 1, string sandbox = "auto", string more = "\"admission\": \"off\",", int attempts = 3) => Bench.CreateAsync(
        Bench.Plan([.. Enumerable.Range(1, tasks).Select(number => string.Create(CultureInfo.InvariantCulture, $"1.1.{number}||src/1.1.{number}.txt{(number == 1 ? ", src/half.txt" : "")}"))]),
        agent, limits: $$"""{ "agents": 10, "per_module": 10, "per_epic": 10, "attempts": {{attempts}} }""", sandbox: sandbox,
        watching: $"\"silence\": \"{silence}\", \"no_progress\": \"{noProgress}\"", more: more);

    // The kernel keeps the peak, so it is enough to look at each line of news: the last agent hands in before the last of them.
    private static async Task<long> PeakOfAsync(Process run)
    {
        var peak = 0L;
        while (await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is not null)
        {
            try
            {
                var line = File.ReadLines($"/proc/{run.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                peak = line is null ? peak : Math.Max(peak, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It has ended; its last lines were still to be read.
            }
        }

        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return peak;
    }

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
