using System.Text.Json;

namespace Interlock.Tests.Scenarios;

/// <summary>A person's branch that follows what lands, and everything of theirs that stays as it is.</summary>
public sealed class IntoScenarios
{
    // A new file, a changed one and a removed one.
    private const string Writes = """
        mkdir -p src/new
        echo "$INTERLOCK_TASK_ID" > "src/new/$INTERLOCK_TASK_ID.txt"
        echo "by $INTERLOCK_TASK_ID" >> src/start.txt
        rm -f src/old.txt
        """;

    [Fact]
    public async Task A_clean_checkout_moves_with_its_branch()
    {
        using var bench = await NewAsync();
        var before = await bench.GitAsync("rev-parse", "main");

        var ran = await bench.RunAsync("--into", "main");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(await bench.GitAsync("rev-parse", Bench.Branch), await bench.GitAsync("rev-parse", "main"));
        Assert.Equal("1.1.1\n", bench.Read("src/new/1.1.1.txt"));
        Assert.Equal("start\nby 1.1.1\n", bench.Read("src/start.txt"));
        Assert.False(File.Exists(Path.Combine(bench.Root, "src/old.txt")));
        Assert.Contains("[x] Task 1.1.1", bench.Read("plan/IMPLEMENTATION_PLAN.md"), StringComparison.Ordinal);
        Assert.Contains($"main moved from {before[..10]} to {(await bench.GitAsync("rev-parse", "main"))[..10]}", ran.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Root, ".git/index.lock")));
        await bench.AssertSoundAsync();

        var again = Into(await bench.RunAsync("--into", "main", "--json"));
        Assert.False(again.GetProperty("moved").GetBoolean());
        Assert.Equal(JsonValueKind.Null, again.GetProperty("reason").ValueKind);
    }

    [Fact]
    public async Task Told_so_the_branch_follows_each_landing_while_the_run_goes_on()
    {
        using var bench = await NewAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1"), """
            mkdir -p src
            if [ "$INTERLOCK_TASK_ID" = 1.1.2 ]; then while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done; fi
            echo x > "src/$INTERLOCK_TASK_ID.txt"
            """);
        using var run = bench.StartRun(null, "--into", "main", "--into-when", "landing");
        var lines = new List<string>();
        while (await run.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Contains("  forwarded ", StringComparison.Ordinal) && !File.Exists(Path.Combine(bench.Signals, "go")))
            {
                Assert.Equal("x\n", bench.Read("src/1.1.1.txt"));
                Assert.False(File.Exists(Path.Combine(bench.Root, "src/1.1.2.txt")));
                bench.Signal("go");
            }
        }

        await run.WaitForExitAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, lines.Count(line => line.Contains("  forwarded ", StringComparison.Ordinal)));
        Assert.Equal("x\n", bench.Read("src/1.1.2.txt"));
        await bench.AssertSoundAsync();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("staged")]
    [InlineData("untracked")]
    [InlineData("ignored")]
    public async Task A_checkout_with_work_of_a_person_is_not_touched_at_all(string kind)
    {
        using var bench = await NewAsync();
        var before = await bench.GitAsync("rev-parse", "main");
        switch (kind)
        {
            case "changed":
                bench.Write("src/start.txt", "mine\n");
                break;
            case "staged":
                bench.Write("src/mine.txt", "mine\n");
                await bench.GitAsync("add", "src/mine.txt");
                break;
            case "untracked":
                bench.Write("src/new/1.1.1.txt", "mine\n");
                break;
            default:
                // Ignored by the time it is in the way: an agent's ignored files would not have landed.
                Assert.Equal(0, (await bench.RunAsync()).ExitCode);
                File.AppendAllText(Path.Combine(bench.Root, ".git/info/exclude"), "/src/new\n");
                bench.Write("src/new/1.1.1.txt", "mine\n");
                break;
        }

        var index = File.ReadAllBytes(Path.Combine(bench.Root, ".git/index"));
        var files = Files(bench);

        var ran = await bench.RunAsync("--into", "main", "--allow-dirty", "--json");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.False(Into(ran).GetProperty("moved").GetBoolean());
        Assert.Matches("uncommitted changes: src/|untracked files in the way: src/new/1.1.1.txt", Into(ran).GetProperty("reason").GetString());
        Assert.Equal("git merge --ff-only interlock/1.1", Into(ran).GetProperty("command").GetString());
        Assert.Equal(before, await bench.GitAsync("rev-parse", "main"));
        Assert.Equal(index, File.ReadAllBytes(Path.Combine(bench.Root, ".git/index")));
        Assert.Equal(files, Files(bench));
    }

    [Fact]
    public async Task A_branch_with_commits_of_its_own_stays_and_the_report_says_what_to_do()
    {
        using var bench = await NewAsync();
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        bench.Write("mine.txt", "mine\n");
        await bench.GitAsync("add", "mine.txt");
        await bench.GitAsync("commit", "-qm", "mine");
        var before = await bench.GitAsync("rev-parse", "main");

        var ran = await bench.RunAsync("--into", "main");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("main is where it was: it has commits that interlock/1.1 has not", ran.Output, StringComparison.Ordinal);
        Assert.Contains("git switch main && git merge interlock/1.1", ran.Output, StringComparison.Ordinal);
        Assert.Equal(before, await bench.GitAsync("rev-parse", "main"));
        Assert.Equal("", await bench.GitAsync("status", "--porcelain"));
    }

    [Fact]
    public async Task A_commit_that_a_person_makes_during_the_run_is_kept()
    {
        using var bench = await NewAsync(agent: """
            mkdir -p src/new
            : > "$SIGNALS/started"
            while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
            echo x > src/new/x.txt
            """);
        using var run = bench.StartRun(null, "--into", "main", "--json");
        await bench.AwaitSignalAsync("started");
        bench.Write("mine.txt", "mine\n");
        await bench.GitAsync("add", "mine.txt");
        await bench.GitAsync("commit", "-qm", "mine");
        var mine = await bench.GitAsync("rev-parse", "main");
        bench.Signal("go");

        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.False(Into(ran).GetProperty("moved").GetBoolean());
        Assert.Equal(mine, await bench.GitAsync("rev-parse", "main"));
        Assert.Equal("mine\n", bench.Read("mine.txt"));
    }

    [Fact]
    public async Task A_branch_that_is_checked_out_nowhere_just_moves()
    {
        using var bench = await NewAsync();
        await bench.GitAsync("branch", "release");

        var ran = await bench.RunAsync("--into", "release", "--json");

        Assert.True(Into(ran).GetProperty("moved").GetBoolean(), ran.ToString());
        Assert.Equal(await bench.GitAsync("rev-parse", Bench.Branch), await bench.GitAsync("rev-parse", "release"));
        Assert.Equal("start\n", bench.Read("src/start.txt"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_branch_that_another_worktree_is_on_moves_with_that_worktree()
    {
        using var bench = await NewAsync();
        var elsewhere = Path.Combine(bench.Signals, "else where");
        await bench.GitAsync("worktree", "add", "-q", "-b", "release", elsewhere);

        Assert.True(Into(await bench.RunAsync("--into", "release", "--json")).GetProperty("moved").GetBoolean());

        Assert.Equal("start\nby 1.1.1\n", File.ReadAllText(Path.Combine(elsewhere, "src/start.txt")));
        Assert.Equal("start\n", bench.Read("src/start.txt"));
        Assert.Equal("", await bench.GitAsync("-C", elsewhere, "status", "--porcelain"));
        Assert.Equal("", await bench.GitAsync("status", "--porcelain"));
    }

    [Fact]
    public async Task A_dirty_worktree_elsewhere_is_named_in_the_command()
    {
        using var bench = await NewAsync();
        var elsewhere = Path.Combine(bench.Signals, "else where");
        await bench.GitAsync("worktree", "add", "-q", "-b", "release", elsewhere);
        File.WriteAllText(Path.Combine(elsewhere, "src/start.txt"), "mine\n");

        var into = Into(await bench.RunAsync("--into", "release", "--json"));

        Assert.Equal($"git -C '{elsewhere}' merge --ff-only interlock/1.1", into.GetProperty("command").GetString());
        Assert.Equal("mine\n", File.ReadAllText(Path.Combine(elsewhere, "src/start.txt")));
    }

    [Fact]
    public async Task A_branch_in_the_middle_of_a_rebase_is_not_touched()
    {
        using var bench = await NewAsync();
        var elsewhere = Path.Combine(bench.Signals, "elsewhere");
        await bench.GitAsync("worktree", "add", "-q", "-b", "release", elsewhere);
        var before = await bench.GitAsync("rev-parse", "release");
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.GitAsync("-C", elsewhere, "rebase", "-q", "--exec", "false", "HEAD~1"));
        Assert.True(Directory.Exists(Path.Combine(bench.Root, ".git/worktrees/elsewhere/rebase-merge")));

        var into = Into(await bench.RunAsync("--into", "release", "--json"));

        Assert.Contains("a rebase is under way", into.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, await bench.GitAsync("rev-parse", "release"));
    }

    [Fact]
    public async Task Files_under_a_filter_are_left_to_git()
    {
        using var bench = await NewAsync();
        bench.Write(".gitattributes", "src/new/** filter=lfs diff=lfs merge=lfs -text\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "-qm", "attributes");
        var before = await bench.GitAsync("rev-parse", "main");

        var ran = await bench.RunAsync("--into", "main", "--json");

        Assert.Contains("src/new/1.1.1.txt has the filter 'lfs'", Into(ran).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, await bench.GitAsync("rev-parse", "main"));
        Assert.Equal("start\n", bench.Read("src/start.txt"));
    }

    [Theory]
    [InlineData("after-files", false)]
    [InlineData("after-files", true)]
    [InlineData("after-index", false)]
    [InlineData("after-index", true)]
    public async Task A_run_killed_between_files_and_branch_is_put_right_by_the_next(string failpoint, bool half)
    {
        using var bench = await NewAsync();
        var before = await bench.GitAsync("rev-parse", "main");
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun(failpoint, "--into", "main"))).ExitCode);

        // The files are never behind their branch, and until it is mended no commit can be made of them by mistake.
        Assert.Equal(before, await bench.GitAsync("rev-parse", "main"));
        Assert.Equal("start\nby 1.1.1\n", bench.Read("src/start.txt"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.GitAsync("commit", "-qam", "by mistake"));
        if (half)
        {
            bench.Write("src/start.txt", "start\nb");
            File.Delete(Path.Combine(bench.Root, "src/new/1.1.1.txt"));
        }

        var ran = await bench.RunAsync("--into", "main", "--json");

        Assert.True(ran.ExitCode == 0 && Into(ran).GetProperty("moved").GetBoolean(), ran.ToString());
        Assert.Equal(await bench.GitAsync("rev-parse", Bench.Branch), await bench.GitAsync("rev-parse", "main"));
        Assert.Equal("start\nby 1.1.1\n", bench.Read("src/start.txt"));
        Assert.Equal("1.1.1\n", bench.Read("src/new/1.1.1.txt"));
        await bench.AssertSoundAsync();
    }

    [Theory]
    [InlineData("after-index-lock")]
    [InlineData("after-files")]
    public async Task A_checkout_that_a_killed_run_left_locked_is_free_after_the_next_run_or_doctor(string failpoint)
    {
        using var bench = await NewAsync();
        var before = Files(bench);
        foreach (var mend in (string[][])[["doctor", "--fix"], ["run", "--story", "1.1"]])
        {
            Assert.Equal(137, (await Product.FinishAsync(bench.StartRun(failpoint, "--into", "main"))).ExitCode);
            await Assert.ThrowsAsync<InvalidOperationException>(() => bench.GitAsync("commit", "--allow-empty", "-qm", "refused"));
            Assert.Contains("move-open", await bench.FindingsAsync(1));

            var mended = await bench.InterlockAsync(mend);

            Assert.True(mended.ExitCode == 0, mended.ToString());
            Assert.Equal(before, Files(bench));
            await bench.AssertHealthyAsync();
        }

        Assert.True(Into(await bench.RunAsync("--into", "main", "--json")).GetProperty("moved").GetBoolean());
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task What_a_person_changed_after_such_a_kill_stays()
    {
        using var bench = await NewAsync();
        Assert.Equal(137, (await Product.FinishAsync(bench.StartRun("after-files", "--into", "main"))).ExitCode);
        bench.Write("src/start.txt", "mine\n");

        var ran = await bench.RunAsync("--into", "main", "--allow-dirty", "--json");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("src/start.txt", Into(ran).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("mine\n", bench.Read("src/start.txt"));
        Assert.False(File.Exists(Path.Combine(bench.Root, ".git/index.lock")));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("interlock/1.1")]
    public async Task A_branch_that_cannot_follow_is_refused_before_anything_starts(string branch)
    {
        using var bench = await NewAsync();

        var ran = await bench.RunAsync("--into", branch);

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(branch, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("started", ran.Output, StringComparison.Ordinal);
    }

    private static async Task<Bench> NewAsync(string? plan = null, string agent = Writes)
    {
        var bench = await Bench.CreateAsync(plan ?? Bench.Plan("1.1.1"), agent);
        bench.Write("src/old.txt", "old\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "-qm", "old");
        return bench;
    }

    private static JsonElement Into(Ran ran) => ran.Json.GetProperty("into");

    private static string[] Files(Bench bench) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(bench.Root, "src"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file}: {File.ReadAllText(file)}"),
    ];
}
