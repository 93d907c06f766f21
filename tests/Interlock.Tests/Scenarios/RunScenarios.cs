namespace Interlock.Tests.Scenarios;

public sealed class RunScenarios
{
    // Appends to the file of its task, so that a task that ran twice would show.
    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID by $INTERLOCK_AGENT_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Fact]
    public async Task A_story_lands_whole_and_leaves_the_checkout_alone()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3|Task 1.1.1", "1.1.4|Task 1.1.2, Task 1.1.3", "1.1.5"), Writes);
        var before = await bench.GitAsync("rev-parse", "HEAD");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        var landed = await bench.LandedAsync();
        Assert.Equal(5, landed.Count);
        Assert.True(landed.ToList().IndexOf("1.1.1") < landed.ToList().IndexOf("1.1.2"));
        Assert.Equal("1.1.4", landed.Except(["1.1.5"]).Last());
        Assert.Equal(before, await bench.GitAsync("rev-parse", "HEAD"));
        Assert.DoesNotContain("[x]", bench.Read("plan/IMPLEMENTATION_PLAN.md"), StringComparison.Ordinal);
        Assert.Contains("critical path", ran.Output, StringComparison.Ordinal);
        Assert.Single((await bench.GitAsync("worktree", "list")).Split('\n'));
        Assert.Equal("", await bench.GitAsync("for-each-ref", "refs/heads/agent", "refs/heads/interlock-verify", "refs/interlock/salvage"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_landed_commit_names_agent_task_and_fence_and_ticks_one_byte_of_the_plan()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);

        await bench.RunAsync();

        var message = await bench.GitAsync("log", "-1", "--format=%an|%s|%(trailers:key=Lease-Fence,valueonly,separator=)", Bench.Branch);
        Assert.Matches(@"^(\S+)\|\[\1\] \[1\.1\.1\] Write part 1\.1\.1\|\d+$", message);
        var before = bench.Read("plan/IMPLEMENTATION_PLAN.md");
        var after = await bench.GitAsync("show", $"{Bench.Branch}:plan/IMPLEMENTATION_PLAN.md");
        Assert.Equal(before.TrimEnd().Replace("- [ ] Task 1.1.1", "- [x] Task 1.1.1", StringComparison.Ordinal), after);
    }

    [Fact]
    public async Task Work_that_fails_its_checks_goes_back_with_the_log_and_its_own_files()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ "$INTERLOCK_ATTEMPT" = 1 ]; then echo BROKEN > src/part.txt; exit 0; fi
            cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/prompt"
            cat src/part.txt > "$SIGNALS/found"
            echo mended > src/part.txt
            """);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("mended", await bench.ShowAsync("src/part.txt"));
        Assert.Equal("BROKEN\n", File.ReadAllText(Path.Combine(bench.Signals, "found")));
        Assert.Equal("", await bench.GitAsync("for-each-ref", "refs/heads/agent"));
        Assert.Contains("check 'check' failed with exit code 1", File.ReadAllText(Path.Combine(bench.Signals, "prompt")), StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task An_agent_that_only_says_it_is_done_ends_with_a_person_and_its_dependants_wait()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2|Task 1.1.1", "1.1.3"), $"""
            if [ "$INTERLOCK_TASK_ID" = 1.1.1 ]; then echo all done; exit 0; fi
            {Writes}
            """, limits: """{ "agents": 4, "attempts": 2 }""");

        var ran = await bench.RunAsync("--json");

        Assert.Equal(1, ran.ExitCode);
        Assert.Equal("1.1.1", ran.Json.GetProperty("needs_person")[0].GetProperty("task_id").GetString());
        Assert.Contains("changed nothing", ran.Json.GetProperty("needs_person")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("1.1.2", ran.Json.GetProperty("open")[0].GetProperty("task_id").GetString());
        Assert.Equal(["1.1.3"], await bench.LandedAsync());
        Assert.Contains("1.1.1", bench.Read("agent_tasks/blocked_tasks.md"), StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Theory]
    [InlineData("plan/IMPLEMENTATION_PLAN.md")]
    [InlineData(".claude/settings.json")]
    [InlineData(".github/workflows/ci.yml")]
    public async Task Work_that_touches_what_is_not_its_own_does_not_land(string path)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), $"""
            mkdir -p "$(dirname {path})"
            echo mine >> {path}
            git add -f {path}
            """, limits: """{ "attempts": 1 }""");

        var ran = await bench.RunAsync("--json");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains(path, ran.Json.GetProperty("needs_person")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await bench.LandedAsync());
        Assert.NotEqual("", await bench.GitAsync("for-each-ref", "refs/interlock/salvage", "refs/heads/agent"));
    }

    [Fact]
    public async Task Tasks_that_share_a_file_never_work_at_the_same_time_and_limits_hold()
    {
        // Each agent notes who else is at work when it starts, in one write: others are noting it too.
        const string Agent = """
            mkdir -p src "$SIGNALS/at-work"
            : > "$SIGNALS/at-work/$INTERLOCK_TASK_ID"
            echo $(ls "$SIGNALS/at-work") >> "$SIGNALS/seen"
            sleep 0.4
            echo "$INTERLOCK_TASK_ID" >> "src/$(printf %s "$INTERLOCK_FILES" | head -1 | xargs basename)"
            rm "$SIGNALS/at-work/$INTERLOCK_TASK_ID"
            """;
        using var bench = await Bench.CreateAsync(
            Bench.Plan("1.1.1||src/shared.txt", "1.1.2||src/shared.txt", "1.1.3||src/a.txt", "1.1.4||src/b.txt", "1.1.5||src/c.txt", "1.1.6||src/d.txt"),
            Agent, limits: """{ "agents": 6, "per_module": 3 }""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        var seen = File.ReadAllLines(Path.Combine(bench.Signals, "seen")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.All(seen, together => Assert.InRange(together.Length, 1, 3));
        Assert.Contains(seen, together => together.Length > 1);
        Assert.All(seen, together => Assert.False(together.Contains("1.1.1") && together.Contains("1.1.2")));
        Assert.Equal(["1.1.1", "1.1.2"], (await bench.ShowAsync("src/shared.txt")).Split('\n').Order());

        // The one that had to wait for the file is known to wait, from when on claims that pass it by are counted.
        var events = (await bench.InterlockAsync("log", "--json", "--limit", "500")).Json.GetProperty("events").EnumerateArray();
        Assert.Contains(events, line => line.GetProperty("kind").GetString() == "task.waiting" && line.GetProperty("task_id").GetString() == "1.1.2");
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task The_prompt_comes_on_standard_input_and_the_task_in_the_environment()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1||src/a.txt"), """
            mkdir -p src
            cat > "$SIGNALS/stdin"
            cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/file"
            env | grep '^INTERLOCK_' | sort > "$SIGNALS/env"
            env > "$SIGNALS/all"
            echo x > src/a.txt
            """);

        await bench.RunAsync();

        var prompt = File.ReadAllText(Path.Combine(bench.Signals, "stdin"));
        Assert.Contains("Write part 1.1.1", prompt, StringComparison.Ordinal);
        Assert.Equal(prompt, File.ReadAllText(Path.Combine(bench.Signals, "file")));
        var variables = File.ReadAllText(Path.Combine(bench.Signals, "env"));
        Assert.Contains("INTERLOCK_TASK_ID=1.1.1\n", variables, StringComparison.Ordinal);
        Assert.Contains("INTERLOCK_FILES=src/a.txt\n", variables, StringComparison.Ordinal);
        Assert.Contains("INTERLOCK_ATTEMPT=1\n", variables, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typed_agent_does_not_let_an_untrusted_file_run_its_set_up()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        bench.Write("interlock.json", $$"""{ "worktrees": { "setup": "touch '{{bench.Signals}}/ran'" } }""");
        await bench.GitAsync("commit", "--quiet", "-am", "set-up");

        var ran = await bench.RunAsync("--agent-command", "true", "--check", "true");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("interlock trust", ran.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Signals, "ran")));
    }

    [Fact]
    public async Task The_list_of_what_needs_a_person_is_kept_up_though_somebody_wrote_into_it()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        await bench.InterlockAsync("assign", "--story", "1.1");
        bench.Write("agent_tasks/blocked_tasks.md", "mine\n");

        await bench.InterlockAsync("block", "1.1.1", "--reason", "needs a password");

        Assert.Contains("needs a password", bench.Read("agent_tasks/blocked_tasks.md"), StringComparison.Ordinal);
    }
}
