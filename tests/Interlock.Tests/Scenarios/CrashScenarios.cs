using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Interlock.Tests.Faults;

namespace Interlock.Tests.Scenarios;

public sealed partial class CrashScenarios
{
    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Theory]
    [InlineData("after-claim")]
    [InlineData("after-worktree")]
    [InlineData("after-spawn")]
    [InlineData("after-register")]
    [InlineData("after-seal")]
    [InlineData("after-submit")]
    [InlineData("while-verifying")]
    [InlineData("after-intent")]
    [InlineData("after-swap")]
    [InlineData("after-record")]
    public async Task A_coordinator_killed_at_its_worst_moments_loses_nothing_and_lands_nothing_twice(string failpoint)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3"), Writes);

        var killed = await Product.FinishAsync(bench.StartRun(failpoint));
        Assert.Equal(137, killed.ExitCode);
        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2", "1.1.3"], (await bench.LandedAsync()).Order());
        Assert.Single((await bench.GitAsync("worktree", "list")).Split('\n'));
        await bench.AssertSoundAsync();
    }

    [Theory]
    [InlineData("after-spawn", "status")]
    [InlineData("after-spawn", "doctor", "--fix")]
    [InlineData("after-register", "status")]
    public async Task An_agent_of_a_run_that_was_killed_is_ended_whether_it_was_recorded_or_not(string failpoint, params string[] command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere nobody finds one that nothing names");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            echo half > src/half.txt
            : > "$SIGNALS/half"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            """);
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun(failpoint))).ExitCode);
        await bench.AwaitSignalAsync("half");
        Assert.NotEmpty(Family.AgentsOf(bench.Signals));

        await bench.InterlockAsync(command);

        Assert.Empty(Family.AgentsOf(bench.Signals));
        Assert.Equal("half", await bench.GitAsync("show", "refs/interlock/salvage/1.1.1/1:src/half.txt"));
        bench.Signal("go");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task What_an_agent_had_written_when_everything_was_killed_is_there_for_the_next_one()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ -e src/half.txt ]; then echo "second half" >> src/half.txt; exit 0; fi
            echo "first half" > src/half.txt
            : > "$SIGNALS/half"
            sleep 600
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("half");
        run.Kill();
        await run.WaitForExitAsync();

        // Any command heals; nobody waits out the two hours.
        var status = await bench.InterlockAsync("status", "--story", "1.1", "--json");
        Assert.Equal("pending", status.Json.GetProperty("tasks")[0].GetProperty("status").GetString());
        Assert.Empty(Directory.GetFiles(Path.Combine(bench.Root, ".lock")));

        var ran = await bench.RunAsync();
        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("first half\nsecond half", await bench.ShowAsync("src/half.txt"));
        await bench.AssertSoundAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("--fix")]
    [InlineData("--rebuild")]
    public async Task A_worktree_whose_maker_was_killed_half_way_keeps_no_run_from_starting(string? doctor)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), Writes);
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun("after-worktree"))).ExitCode);
        var pool = Path.GetDirectoryName((await bench.GitAsync("worktree", "list", "--porcelain")).Split('\n').Last(line => line.StartsWith("worktree ", StringComparison.Ordinal))["worktree ".Length..])!;
        await bench.GitAsync("worktree", "add", "--quiet", "--no-checkout", "-b", "agent/1.1.2/9", Path.Combine(pool, "1.1.2-9"));
        await File.WriteAllTextAsync(Path.Combine(bench.Root, ".git", "worktrees", "1.1.2-9", "commondir"), "");
        await File.WriteAllTextAsync(Path.Combine(bench.Root, ".git", "worktrees", "1.1.2-9", "locked"), "initializing");
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.GitAsync("worktree", "list"));
        if (doctor == "--rebuild")
        {
            Directory.Delete(bench.StateDir, recursive: true);
        }
        else if (doctor is not null)
        {
            Assert.Contains("worktree-half-made", await bench.FindingsAsync(1));
        }

        // Otherwise no command comes before the run, which has all of it to mend.
        if (doctor is not null)
        {
            await bench.InterlockAsync("doctor", doctor);
            await bench.GitAsync("worktree", "list");
        }

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2"], (await bench.LandedAsync()).Order());
        Assert.Single((await bench.GitAsync("worktree", "list")).Split('\n'));
        Assert.Equal("", await bench.GitAsync("for-each-ref", "refs/heads/agent"));
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_lock_of_a_git_that_was_killed_is_removed_once_it_is_old_and_what_it_kept_goes_with_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "whether a file is open is looked at the Linux way");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        await bench.GitAsync("update-ref", "refs/heads/interlock-verify/1.1.1-9", "HEAD");
        var left = Path.Combine(bench.Root, ".git", "packed-refs.lock");
        await File.WriteAllTextAsync(left, "");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("that nobody needs any longer", ran.Output, StringComparison.Ordinal);
        Assert.Contains("packed-refs.lock", ran.Output, StringComparison.Ordinal);
        Assert.Contains("refs/heads/interlock-verify/1.1.1-9", await bench.GitAsync("for-each-ref"), StringComparison.Ordinal);
        Assert.True(File.Exists(left), "a young lock may be somebody's");

        var half = Path.Combine(bench.Root, ".lock", ".1.1.1.lock.0123.tmp");
        var idle = Path.Combine(bench.Root, ".git", "objects", "maintenance.lock");
        await File.WriteAllTextAsync(half, "{");
        await File.WriteAllTextAsync(idle, "");
        Assert.Equal(3, Ending.AgeWhatTheKilledLeft(bench));
        ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        await bench.AwaitEventAsync("git.lock-removed", left);
        Assert.False(File.Exists(idle));
        Assert.False(File.Exists(half));
        Assert.Equal("", await bench.GitAsync("for-each-ref", "refs/heads/agent", "refs/heads/interlock-verify"));
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Saved_work_that_a_killed_run_had_half_put_back_does_not_take_the_place_of_the_whole()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            if [ ! -e "$SIGNALS/again" ]; then mkdir -p src; echo half > src/half.txt; : > "$SIGNALS/again"; exit 7; fi
            cp src/half.txt src/whole.txt
            """, limits: """{ "agents": 1, "attempts": 1 }""");
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        await bench.InterlockAsync("retry", "1.1.1");
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun("while-applying"))).ExitCode);
        var worktree = (await bench.GitAsync("worktree", "list", "--porcelain")).Split('\n').Last(line => line.StartsWith("worktree ", StringComparison.Ordinal))["worktree ".Length..];
        await File.WriteAllTextAsync(Path.Combine(worktree, "src", "half.txt"), "");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("half", (await bench.ShowAsync("src/half.txt")).Trim());
        Assert.Equal("half", (await bench.ShowAsync("src/whole.txt")).Trim());
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_folder_of_the_socket_of_a_run_that_was_killed_is_deleted_and_nobody_elses()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        var temporary = Directory.CreateDirectory(Path.Combine(bench.Signals, "t")).FullName;
        bench.Set("TMPDIR", temporary);
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun("after-spawn"))).ExitCode);
        var left = Assert.Single(Directory.GetDirectories(temporary, "ilk-*"));
        Assert.True(File.Exists(Path.Combine(left, "hatch")));
        var other = Directory.CreateDirectory(Path.Combine(temporary, "ilk-other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(other, "hatch"), "somebody's");
        var young = Directory.CreateDirectory(Path.Combine(temporary, "ilk-young")).FullName;
        var open = Directory.CreateDirectory(Path.Combine(temporary, "ilk-open")).FullName;
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(open, "hatch")));
        listener.Listen(1);
        foreach (var folder in (string[])[left, other, open])
        {
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow.AddMinutes(-2));
        }

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal([open, other, young], Directory.GetDirectories(temporary, "ilk-*").Order(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(other, "hatch")) && File.Exists(Path.Combine(open, "hatch")));

        bench.Set("TMPDIR", "/nowhere");
        ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0 && !ran.Output.Contains("WARNING", StringComparison.Ordinal), ran.ToString());
    }

    [Fact]
    public async Task An_agent_that_dies_is_tried_again()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            echo "attempt $INTERLOCK_ATTEMPT" >> src/part.txt
            if [ "$INTERLOCK_ATTEMPT" = 1 ]; then kill -9 $$; fi
            """);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("attempt 1\nattempt 2", await bench.ShowAsync("src/part.txt"));
        Assert.Contains("killed by signal 9", ran.Output, StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_first_Ctrl_C_lets_running_work_land_and_starts_nothing_new()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), """
            mkdir -p src
            : > "$SIGNALS/started-$INTERLOCK_TASK_ID"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            echo x > "src/$INTERLOCK_TASK_ID.txt"
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started-1.1.1");
        Interrupt(run);
        bench.Signal("go");

        var drained = await Product.FinishAsync(run);

        Assert.Equal(1, drained.ExitCode);
        Assert.Equal(["1.1.1"], await bench.LandedAsync());
        Assert.False(File.Exists(Path.Combine(bench.Signals, "started-1.1.2")));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["1.1.1", "1.1.2"], await bench.LandedAsync());
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_second_Ctrl_C_stops_the_agents_and_keeps_their_work()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ -e src/half.txt ]; then echo "second half" >> src/half.txt; exit 0; fi
            echo "first half" > src/half.txt
            : > "$SIGNALS/started"
            sleep 600
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        Assert.NotEmpty(AgentsOf(bench));
        Interrupt(run);
        var line = await run.StandardError.ReadLineAsync();
        Assert.Contains("Draining", line, StringComparison.Ordinal);
        Interrupt(run);

        Assert.Equal(1, (await Product.FinishAsync(run)).ExitCode);
        Assert.Empty(AgentsOf(bench));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal("first half\nsecond half", await bench.ShowAsync("src/half.txt"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Removing_the_lock_of_a_running_task_stops_its_agent_and_opens_the_task()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ -e "$SIGNALS/started" ]; then echo x > src/part.txt; exit 0; fi
            : > "$SIGNALS/started"
            sleep 600
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");
        await bench.InterlockAsync("status");
        File.Delete(Path.Combine(bench.Root, ".lock", "1.1.1.lock"));

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("lock file was removed by hand", ran.Output, StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Only_one_run_at_a_time_and_the_other_says_so()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            echo x > src/part.txt
            """);
        using var run = bench.StartRun();
        await bench.AwaitSignalAsync("started");

        var second = await bench.RunAsync();
        bench.Signal("go");

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another run is active", second.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await Product.FinishAsync(run)).ExitCode);
        await bench.AssertSoundAsync();
    }

    private static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, 2));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    // By what they run: inside a sandbox a process does not know the number that others know it by.
    private static List<string> AgentsOf(Bench bench) => [.. Directory.EnumerateDirectories("/proc").Where(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(Path.Combine(bench.Root, "agent.sh"), StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    })];
}
