using System.Text.Json;

namespace Interlock.Tests.Scenarios;

/// <summary>Work that an attempt left behind, and a person who takes it back.</summary>
public sealed class SalvageScenarios
{
    private const string OneAttempt = """{ "agents": 4, "attempts": 1 }""";

    // Changes a file, makes one, deletes one, and comes to nothing.
    private const string Leaves = """
        echo "by $INTERLOCK_TASK_ID" >> src/start.txt
        printf 'a\033[31mred\n' > "src/new file.txt"
        git rm -q --cached src/old.txt; rm -f src/old.txt
        exit 7
        """;

    [Fact]
    public async Task Saved_work_is_listed_with_task_agent_and_files_and_its_task_is_named_by_status()
    {
        using var bench = await LeftAsync();

        var work = Assert.Single((await bench.InterlockAsync("salvage", "list", "--json")).Json.GetProperty("salvages").EnumerateArray().ToList());

        Assert.Equal("1.1.1/1", work.GetProperty("name").GetString());
        Assert.Equal("refs/interlock/salvage/1.1.1/1", work.GetProperty("ref").GetString());
        Assert.Equal("Write part 1.1.1", work.GetProperty("title").GetString());
        Assert.Equal(await bench.GitAsync("rev-parse", "refs/interlock/salvage/1.1.1/1"), work.GetProperty("commit").GetString());
        Assert.Equal(await bench.GitAsync("rev-parse", "HEAD"), work.GetProperty("base").GetString());
        Assert.Equal(["src/new file.txt", "src/old.txt", "src/start.txt"], Texts(work, "files"));
        Assert.False(work.GetProperty("landed").GetBoolean());
        Assert.Equal("blocked", work.GetProperty("task_status").GetString());
        Assert.Matches("^dev-", work.GetProperty("agent_id").GetString());
        Assert.Contains("1.1.1/1", (await bench.InterlockAsync("salvage", "list")).Output, StringComparison.Ordinal);

        var status = await bench.InterlockAsync("status", "--story", "1.1");
        Assert.Contains("Unlanded work is kept of 1.1.1: interlock salvage list", status.Output, StringComparison.Ordinal);
        Assert.Equal(["1.1.1"], Texts((await bench.InterlockAsync("status", "--json")).Json, "salvaged"));
    }

    [Theory]
    [InlineData("echo z >> src/start.txt")]
    [InlineData("git -C src add -A; git -c user.name=a -c user.email=a@b commit -qm own")]
    [InlineData(":")]
    public async Task A_file_whose_name_is_no_text_does_not_land_and_is_kept_byte_for_byte(string more)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere names are text");
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/**"), "printf 'a\\nb' > \"$(printf 'src/bad\\351.txt')\"; " + more, limits: OneAttempt);

        var run = await bench.RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("\"src/bad\\351.txt\": its name is not UTF-8", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Empty(await bench.LandedAsync());
        var listed = await bench.InterlockAsync("salvage", "show", "1.1.1", "--json");
        Assert.Contains("\"src/bad\\351.txt\"", Texts(listed.Json, "files"));
        Assert.Equal(0, (await bench.InterlockAsync("salvage", "show", "1.1.1", "--patch")).ExitCode);
        await bench.AssertHealthyAsync();

        var applied = await bench.InterlockAsync("salvage", "apply", "1.1.1", "--json");

        Assert.True(applied.ExitCode == 0, applied.ToString());
        Assert.Equal("a\nb", await bench.GitAsync("-c", "alias.show-it=!cat \"$(printf 'src/bad\\351.txt')\"", "show-it"));
        var again = await bench.InterlockAsync("salvage", "apply", "1.1.1", "--json");
        Assert.Equal("dirty", again.Json.GetProperty("refused").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_shown_patch_cannot_act_on_the_terminal()
    {
        using var bench = await LeftAsync();

        var shown = await bench.InterlockAsync("salvage", "show", "1.1.1", "--patch");

        Assert.True(shown.ExitCode == 0, shown.ToString());
        Assert.Contains("+by 1.1.1", shown.Output, StringComparison.Ordinal);
        Assert.Contains("+a[31mred", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shown.Output);
        var json = await bench.InterlockAsync("salvage", "show", "refs/interlock/salvage/1.1.1/1", "--patch", "--json");
        Assert.Contains("a\u001b[31mred", json.Json.GetProperty("patch").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', json.Output);
    }

    [Fact]
    public async Task Saved_work_comes_back_into_the_files_uncommitted_and_stays_saved()
    {
        using var bench = await LeftAsync();
        var head = await bench.GitAsync("rev-parse", "HEAD");
        bench.Write("notes.txt", "mine");
        bench.Write("agent.sh", "changed by me\n");

        var applied = await bench.InterlockAsync("salvage", "apply", "1.1.1", "--json");

        Assert.True(applied.ExitCode == 0, applied.ToString());
        Assert.Equal(["src/new file.txt", "src/old.txt", "src/start.txt"], Texts(applied.Json, "files"));
        Assert.Equal("start\nby 1.1.1\n", bench.Read("src/start.txt"));
        Assert.False(File.Exists(Path.Combine(bench.Root, "src/old.txt")));
        Assert.Equal(head, await bench.GitAsync("rev-parse", "HEAD"));
        Assert.Equal("mine", bench.Read("notes.txt"));
        Assert.Equal("changed by me\n", bench.Read("agent.sh"));
        Assert.Equal(" M agent.sh\nA  src/new file.txt\nD  src/old.txt\nM  src/start.txt\n?? notes.txt", await StatusAsync(bench));
        Assert.NotEqual("", await bench.GitAsync("rev-parse", "refs/interlock/salvage/1.1.1/1"));
    }

    [Fact]
    public async Task Saved_work_comes_back_into_the_worktree_it_is_asked_for_in()
    {
        using var bench = await LeftAsync();
        var elsewhere = Path.Combine(bench.Signals, "elsewhere");
        await bench.GitAsync("worktree", "add", "-q", "-b", "elsewhere", elsewhere);

        var applied = await bench.InterlockAsync("salvage", "apply", "1.1.1", "--root", Path.Combine(elsewhere, "src"));

        Assert.True(applied.ExitCode == 0, applied.ToString());
        Assert.Equal("start\nby 1.1.1\n", File.ReadAllText(Path.Combine(elsewhere, "src/start.txt")));
        Assert.Equal("start\n", bench.Read("src/start.txt"));
        Assert.Equal("", await StatusAsync(bench));
    }

    [Theory]
    [InlineData("src/start.txt", "mine\n", "dirty")]
    [InlineData("src/new file.txt", "mine, untracked\n", "dirty")]
    [InlineData("src/new file.txt/inner.txt", "mine, untracked\n", "dirty")]
    public async Task What_a_person_has_there_is_never_written_over(string path, string text, string code)
    {
        using var bench = await LeftAsync();
        bench.Write(path, text);
        var before = await StatusAsync(bench);

        var refused = await bench.InterlockAsync("salvage", "apply", "1.1.1", "--json");

        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(code, refused.Json.GetProperty("refused").GetProperty("code").GetString());
        Assert.Contains("--branch", refused.Json.GetProperty("refused").GetProperty("hint").GetString(), StringComparison.Ordinal);
        Assert.Equal(text, bench.Read(path));
        Assert.Equal(before, await StatusAsync(bench));
    }

    [Fact]
    public async Task An_ignored_file_is_not_written_over_either()
    {
        using var bench = await LeftAsync();
        File.AppendAllText(Path.Combine(bench.Root, ".git/info/exclude"), "*.txt\n");
        bench.Write("src/new file.txt", "ignored and precious\n");

        Assert.Equal(1, (await bench.InterlockAsync("salvage", "apply", "1.1.1")).ExitCode);

        Assert.Equal("ignored and precious\n", bench.Read("src/new file.txt"));
        Assert.Equal("start\n", bench.Read("src/start.txt"));
    }

    [Fact]
    public async Task A_conflict_names_the_files_and_changes_nothing()
    {
        using var bench = await LeftAsync();
        bench.Write("src/start.txt", "another start\n");
        await bench.GitAsync("commit", "-qam", "moved on");

        var refused = await bench.InterlockAsync("salvage", "apply", "1.1.1");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("refused (conflict)", refused.Error, StringComparison.Ordinal);
        Assert.Contains("src/start.txt", refused.Error, StringComparison.Ordinal);
        Assert.Contains("interlock salvage apply 1.1.1/1 --branch NAME", refused.Error, StringComparison.Ordinal);
        Assert.Equal("", await StatusAsync(bench));
    }

    [Fact]
    public async Task A_branch_is_made_at_exactly_the_saved_state_and_none_is_moved()
    {
        using var bench = await LeftAsync();
        var saved = await bench.GitAsync("rev-parse", "refs/interlock/salvage/1.1.1/1");

        Assert.Equal(0, (await bench.InterlockAsync("salvage", "apply", "1.1.1/1", "--branch", "rescue/one")).ExitCode);
        var again = await bench.InterlockAsync("salvage", "apply", "1.1.1/1", "--branch", "main", "--json");
        var reserved = await bench.InterlockAsync("salvage", "apply", "1.1.1/1", "--branch", "interlock/9.9");

        Assert.Equal(saved, await bench.GitAsync("rev-parse", "rescue/one"));
        Assert.Equal(1, again.ExitCode);
        Assert.Equal("branch-exists", again.Json.GetProperty("refused").GetProperty("code").GetString());
        Assert.Equal(1, reserved.ExitCode);
        Assert.Equal("", await StatusAsync(bench));
        Assert.Equal(1, (await bench.InterlockAsync("salvage", "show", "9.9.9")).ExitCode);
    }

    [Fact]
    public async Task Of_several_salvages_the_newest_is_meant_unless_the_fence_is_given_and_landed_ones_say_so()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            echo "attempt $INTERLOCK_ATTEMPT" >> src/part.txt
            if [ "$INTERLOCK_ATTEMPT" -lt 3 ]; then exit 7; fi
            """);
        var ran = await bench.RunAsync();
        Assert.True(ran.ExitCode == 0, ran.ToString());

        var listed = (await bench.InterlockAsync("salvage", "list", "--json")).Json.GetProperty("salvages").EnumerateArray().ToList();
        var newest = await bench.InterlockAsync("salvage", "show", "1.1.1", "--patch");
        var first = await bench.InterlockAsync("salvage", "show", "1.1.1/1", "--patch");

        Assert.Equal(["1.1.1/2", "1.1.1/1"], listed.Select(work => work.GetProperty("name").GetString()));
        Assert.All(listed, work => Assert.False(work.GetProperty("landed").GetBoolean()));
        Assert.All(listed, work => Assert.Equal("completed", work.GetProperty("task_status").GetString()));
        Assert.Contains("+attempt 2", newest.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("+attempt 2", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unlanded work", (await bench.InterlockAsync("status")).Output, StringComparison.Ordinal);

        await bench.GitAsync("update-ref", "refs/interlock/salvage/1.1.1/3", Bench.Branch);
        var landed = await bench.InterlockAsync("salvage", "show", "1.1.1", "--json");
        Assert.True(landed.Json.GetProperty("landed").GetBoolean());
    }

    [Fact]
    public async Task Finished_work_whose_lease_is_taken_at_the_last_moment_is_there_for_the_next_attempt()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), $"""
            mkdir -p src
            if [ -e src/part.txt ]; then echo again >> src/part.txt; exit 0; fi
            echo finished > src/part.txt
            cd "$INTERLOCK_ROOT"
            "{Product.Path}" locks > /dev/null
            rm .lock/1.1.1.lock
            "{Product.Path}" locks > /dev/null
            """, sandbox: "none");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("finished\nagain", await bench.ShowAsync("src/part.txt"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_change_that_no_task_may_make_is_not_handed_on_to_the_next_attempt()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ ! -e "$SIGNALS/tried" ]; then
              : > "$SIGNALS/tried"
              echo first > src/first.txt
              sed -i 's/\[ \]/[x]/' plan/IMPLEMENTATION_PLAN.md
            else
              echo second > src/second.txt
            fi
            """, limits: """{ "agents": 1, "attempts": 2 }""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("it changed plan/IMPLEMENTATION_PLAN.md", (await bench.InterlockAsync("log", "--kind", "task.failed", "--json")).Output, StringComparison.Ordinal);
        Assert.Equal(("first", "second"), (await bench.ShowAsync("src/first.txt"), await bench.ShowAsync("src/second.txt")));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task An_agent_that_takes_its_own_lock_away_each_time_comes_to_an_end()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), $"""
            mkdir -p src
            echo again >> src/part.txt
            cd "$INTERLOCK_ROOT"
            "{Product.Path}" locks > /dev/null
            rm .lock/1.1.1.lock
            "{Product.Path}" locks > /dev/null
            """, sandbox: "none");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 1, ran.ToString());
        Assert.Contains("its lock file was removed by hand", ran.Output, StringComparison.Ordinal);
        var events = await bench.InterlockAsync("log", "--json");
        Assert.Equal(3, events.Output.Split("lease.revoked").Length - 1);
        await bench.AssertSoundAsync();
    }

    private static async Task<Bench> LeftAsync()
    {
        var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Leaves, limits: OneAttempt);
        bench.Write("src/old.txt", "old\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "-qm", "old");
        var ran = await bench.RunAsync();
        Assert.Equal(1, ran.ExitCode);
        return bench;
    }

    private static Task<string> StatusAsync(Bench bench) => bench.GitAsync("-c", "core.quotePath=false", "status", "--porcelain", "-z").ContinueWith(
        done => string.Join('\n', done.Result.Split('\0', StringSplitOptions.RemoveEmptyEntries)), TaskScheduler.Default);

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
