using System.Globalization;

namespace Interlock.Tests.Scenarios;

/// <summary>What becomes of a branch with landed work that somebody deletes or moves at the worst moment.</summary>
public sealed class BranchScenarios
{
    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" > "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Fact]
    public async Task A_branch_that_is_deleted_before_any_call_of_git_keeps_what_had_landed()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);
        var calls = Path.Combine(bench.Signals, "calls");
        var at = Path.Combine(bench.Signals, "at");
        UseGit(bench, $"""
            n=$(($(cat '{calls}') + 1)); echo $n > '{calls}'
            if [ $n = "$(cat '{at}' 2> /dev/null)" ]; then "$git" update-ref -d refs/heads/{Bench.Branch}; fi
            """);

        var deletions = 0;
        for (var call = 1; ; call++)
        {
            File.WriteAllText(at, call.ToString(CultureInfo.InvariantCulture));
            File.WriteAllText(calls, "0");
            var ran = await bench.RunAsync();
            Assert.True(ran.ExitCode == 0, $"before call {call}: {ran}");
            if (int.Parse(File.ReadAllText(calls), CultureInfo.InvariantCulture) < call)
            {
                break;
            }

            // At the end of a run nobody looks any more.
            deletions++;
            File.WriteAllText(calls, "1000");
            if (await bench.GitAsync("for-each-ref", $"refs/heads/{Bench.Branch}") == "")
            {
                await bench.FindingsAsync(0, "--fix");
            }

            var now = await bench.GitAsync("rev-parse", Bench.Branch);
            Assert.True(now == tip, $"before call {call}: {now} instead of {tip}");
        }

        File.Delete(at);
        Assert.InRange(deletions, 10, 200);
        Assert.DoesNotContain("branch.force-moved", await bench.EventKindsAsync());
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Submitted_work_whose_branch_goes_with_its_landing_before_its_worktree_does_leaves_no_worktree()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        UseGit(bench, $"""
            case "$*" in *refs/interlock/salvage*) "$git" update-ref -d refs/heads/agent/1.1.1/1 && : > '{bench.Signals}/gone';; esac
            """);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.True(File.Exists(Path.Combine(bench.Signals, "gone")));
        Assert.DoesNotContain(" stays: ", ran.Output, StringComparison.Ordinal);
        Assert.Single((await bench.GitAsync("worktree", "list")).Split('\n'));
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_branch_that_was_deleted_together_with_the_state_comes_back_with_all_that_had_landed()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);
        await bench.GitAsync("branch", "-D", Bench.Branch);
        Directory.Delete(bench.StateDir, recursive: true);
        Directory.Delete(bench.BackupsDir, recursive: true);

        Assert.Equal(0, (await bench.InterlockAsync("doctor", "--rebuild")).ExitCode);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);

        Assert.Equal(tip, await bench.GitAsync("rev-parse", Bench.Branch));
        Assert.Contains("branch.restored", await bench.EventKindsAsync());
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_branch_that_was_moved_back_before_the_state_was_rebuilt_is_told_of_and_nothing_lands_on_it()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", "main");
        Directory.Delete(bench.StateDir, recursive: true);

        Assert.Equal(0, (await bench.InterlockAsync("doctor", "--rebuild")).ExitCode);
        await bench.FindingsAsync(0, "--fix");

        Assert.Contains("branch.force-moved", await bench.EventKindsAsync());
        Assert.Equal("force-moved", (await bench.InterlockAsync("queue", "--json")).Json.GetProperty("branches")[0].GetProperty("paused").GetString());
    }

    [Fact]
    public async Task A_branch_that_was_put_back_and_is_moved_back_once_more_is_told_of_once_more()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var tip = await bench.GitAsync("rev-parse", Bench.Branch);
        for (var turn = 1; turn <= 2; turn++)
        {
            await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", "main");
            await bench.FindingsAsync(0, "--fix");
            Assert.Equal(turn, (await bench.EventKindsAsync()).Count(kind => kind == "branch.force-moved"));

            await bench.GitAsync("update-ref", $"refs/heads/{Bench.Branch}", tip);
            Assert.Equal(0, (await bench.InterlockAsync("queue", "resume")).ExitCode);
            await bench.FindingsAsync(0, "--fix");
        }

        await bench.GitAsync("branch", "-D", Bench.Branch);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(tip, await bench.GitAsync("rev-parse", Bench.Branch));
        await bench.AssertHealthyAsync();
        await bench.AssertSoundAsync();
    }

    // The program finds git by its own PATH, so a script of that name stands before it.
    private static void UseGit(Bench bench, string before)
    {
        var folder = Directory.CreateDirectory(Path.Combine(bench.Signals, "bin")).FullName;
        var script = Path.Combine(folder, "git");
        var path = Environment.GetEnvironmentVariable("PATH")!;
        var real = path.Split(Path.PathSeparator).Select(place => Path.Combine(place, "git")).First(File.Exists);
        File.WriteAllText(script, $"#!/bin/sh\ngit='{real}'\n{before}\nexec \"$git\" \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        bench.Set("PATH", $"{folder}{Path.PathSeparator}{path}");
    }
}
