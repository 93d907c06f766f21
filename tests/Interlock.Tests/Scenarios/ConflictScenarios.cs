namespace Interlock.Tests.Scenarios;

public sealed class ConflictScenarios
{
    // Both agents are at work at the same time: each leaves a mark and waits for the other's.
    private const string Meet = """
        : > "$SIGNALS/$INTERLOCK_TASK_ID"
        while [ ! -e "$SIGNALS/1.1.1" ] || [ ! -e "$SIGNALS/1.1.2" ]; do sleep 0.05; done
        """;

    private static readonly string Regenerate = """
        "merge_rules": [
          { "paths": ["package-lock.json"], "rule": "regenerate", "command": "cat src/*.txt | sort > package-lock.json; echo stray > stray.txt", "timeout": "1m" },
          { "paths": ["CHANGELOG.md"], "rule": "union" }, { "paths": ["db/*.sql"], "rule": "renumber" }
        ]
        """;

    [Fact]
    public async Task Tasks_that_share_hot_files_run_at_once_and_both_land_by_rule()
    {
        using var bench = await BenchWithAsync(
            Bench.Plan("1.1.1||src/a.txt, package-lock.json, CHANGELOG.md, db/*.sql", "1.1.2||src/b.txt, package-lock.json, CHANGELOG.md, db/*.sql"), $"""
            {Meet}
            mkdir -p db
            echo "part $INTERLOCK_TASK_ID" > "$(printf %s "$INTERLOCK_FILES" | head -1)"
            echo "what $INTERLOCK_TASK_ID locked" > package-lock.json
            echo "- $INTERLOCK_TASK_ID" >> CHANGELOG.md
            echo "$INTERLOCK_TASK_ID" > "db/01_part_$INTERLOCK_TASK_ID.sql"
            """, Regenerate);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        var landed = await bench.LandedAsync();
        Assert.Equal(["1.1.1", "1.1.2"], landed.Order());
        Assert.Equal("part 1.1.1\npart 1.1.2\nstart", await bench.ShowAsync("package-lock.json"));
        Assert.Equal($"- first\n- {landed[0]}\n- {landed[1]}", await bench.ShowAsync("CHANGELOG.md"));
        Assert.Equal(
            [$"db/01_part_{landed[0]}.sql", $"db/02_part_{landed[1]}.sql"],
            (await bench.GitAsync("ls-tree", "-r", "--name-only", Bench.Branch, "db/")).Split('\n'));
        Assert.DoesNotContain("stray", await bench.GitAsync("ls-tree", "-r", "--name-only", Bench.Branch), StringComparison.Ordinal);
        Assert.Equal(2, (await bench.GitAsync("log", "--format=%(trailers:key=Merge-Rule,valueonly)", Bench.Branch)).Split('\n').Count(line => line == "regenerate package-lock.json"));
        Assert.Single((await bench.GitAsync("worktree", "list")).Split('\n'));
        Assert.Equal("", await bench.GitAsync("for-each-ref", "refs/heads/interlock-verify"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_hot_file_that_no_lease_names_may_be_changed_all_the_same()
    {
        using var bench = await BenchWithAsync(Bench.Plan("1.1.1||src/a.txt, CHANGELOG.md", "1.1.2||src/b.txt"), $"""
            {Meet}
            echo "- $INTERLOCK_TASK_ID" >> CHANGELOG.md
            """, Regenerate);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(2, (await bench.LandedAsync()).Count);
    }

    [Fact]
    public async Task A_command_that_fails_sends_the_work_back_with_its_output()
    {
        using var bench = await BenchWithAsync(Bench.Plan("1.1.1||src/a.txt"), """
            if [ "$INTERLOCK_ATTEMPT" = 1 ]; then echo bad > src/a.txt; else echo good > src/a.txt; fi
            cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/prompt-$INTERLOCK_ATTEMPT"
            echo x > package-lock.json
            """, """
            "merge_rules": [ { "paths": ["package-lock.json"], "rule": "regenerate", "command": "if grep -q bad src/a.txt; then echo cannot resolve bad; exit 3; fi; cp src/a.txt package-lock.json" } ]
            """);

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("good", await bench.ShowAsync("package-lock.json"));
        var prompt = File.ReadAllText(Path.Combine(bench.Signals, "prompt-2"));
        Assert.Contains("failed with exit code 3", prompt, StringComparison.Ordinal);
        Assert.Contains("cannot resolve bad", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_with_a_command_does_not_run_untrusted_even_for_a_typed_agent()
    {
        using var bench = await BenchWithAsync(Bench.Plan("1.1.1"), "echo x > src/a.txt", Regenerate, trust: false);

        var ran = await bench.RunAsync("--agent-command", "true", "--check", "true");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("interlock trust", ran.Error, StringComparison.Ordinal);
        Assert.Contains("package-lock.json: cat src", (await bench.InterlockAsync("trust", "--yes")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_agents_are_told_once_that_their_work_will_conflict_and_the_matrix_shows_it()
    {
        // Nobody knows the files, so nothing keeps the two apart; each goes on when the test says so. Whoever is seen to write first
        // holds the file from then on, and that shall be 1.1.1: the other's work would only wait for it in the end.
        using var bench = await BenchWithAsync(Bench.Plan("1.1.1", "1.1.2"), $"""
            if [ "$INTERLOCK_ATTEMPT" = 1 ]; then
              {Meet.ReplaceLineEndings("\n  ")}
              interlock() {Interlock()}
              [ "$INTERLOCK_TASK_ID" = 1.1.1 ] || until interlock log --task 1.1.1 | grep -q lease.extended; do sleep 0.1; done
              echo "$INTERLOCK_TASK_ID" > src/start.txt
              until interlock inbox --agent "$INTERLOCK_AGENT_ID" --peek | grep -q 'will conflict'; do sleep 0.1; done
              interlock inbox --agent "$INTERLOCK_AGENT_ID" --peek --json > "$SIGNALS/inbox-$INTERLOCK_TASK_ID.json"
              : > "$SIGNALS/told-$INTERLOCK_TASK_ID"
              while [ ! -e "$SIGNALS/go" ]; do sleep 0.05; done
              [ "$INTERLOCK_TASK_ID" = 1.1.1 ] || until interlock log --task 1.1.1 | grep -q task.landed; do sleep 0.1; done
            else
              echo "$INTERLOCK_TASK_ID" > src/start.txt
              cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/prompt"
            fi
            """, """ "early_warning": "0.5s" """);
        var run = bench.StartRun();
        await bench.AwaitSignalAsync("told-1.1.1");
        await bench.AwaitSignalAsync("told-1.1.2");

        var matrix = (await bench.InterlockAsync("status", "--conflicts", "--json")).Json;
        var text = await bench.InterlockAsync("status", "--conflicts", "--no-color");
        bench.Signal("go");
        var ran = await Product.FinishAsync(run);

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["1.1.1", "1.1.2"], matrix.GetProperty("works").EnumerateArray().Select(work => work.GetProperty("task_id").GetString()));
        var conflict = Assert.Single(matrix.GetProperty("conflicts").EnumerateArray());
        Assert.Equal(("1.1.1", "1.1.2"), (conflict.GetProperty("task_id").GetString(), conflict.GetProperty("with_task").GetString()));
        Assert.Equal(["src/start.txt"], conflict.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        Assert.Matches(@"1\.1\.1 \(\S+\) and 1\.1\.2 \(\S+\): src/start\.txt", text.Output);
        var inbox = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(bench.Signals, "inbox-1.1.1.json"))).RootElement.GetProperty("messages");
        var message = Assert.Single(inbox.EnumerateArray(), message => message.GetProperty("subject").GetString()!.Contains("will conflict", StringComparison.Ordinal));
        Assert.Equal(("interlock", "coordination"), (message.GetProperty("from").GetString(), message.GetProperty("type").GetString()));

        var events = (await bench.InterlockAsync("log", "--json", "--limit", "500")).Json.GetProperty("events").EnumerateArray().ToList();
        var told = events.Where(line => line.GetProperty("kind").GetString() == "conflict.expected" && line.GetProperty("message").GetString()!.Contains("task 1.1.2", StringComparison.Ordinal));
        Assert.True(told.Count() == 1, string.Join('\n', events));
        Assert.Contains("conflict", ran.Output, StringComparison.Ordinal);

        // The second came back with the first's diff, its own, and whose work is in the way.
        var prompt = File.ReadAllText(Path.Combine(bench.Signals, "prompt"));
        Assert.Contains("- task 1.1.1 by ", prompt, StringComparison.Ordinal);
        Assert.Contains("+1.1.1", prompt, StringComparison.Ordinal);
        Assert.Contains("+1.1.2", prompt, StringComparison.Ordinal);
        Assert.Contains("=== What to do ===", prompt, StringComparison.Ordinal);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task Without_work_under_way_the_matrix_says_so()
    {
        using var bench = await BenchWithAsync(Bench.Plan("1.1.1"), "true", """ "early_warning": "off" """);

        Assert.Contains("Nobody works in a worktree now", (await bench.InterlockAsync("status", "--conflicts")).Output, StringComparison.Ordinal);
        Assert.Empty((await bench.InterlockAsync("status", "--conflicts", "--json")).Json.GetProperty("conflicts").EnumerateArray());
    }

    // The program under test by its full path: agents have no other on their PATH.
    private static string Interlock() => $$"""{ "{{Product.Path}}" "$@"; }""";

    private static async Task<Bench> BenchWithAsync(string plan, string agent, string setting, bool trust = true)
    {
        var bench = await Bench.CreateAsync(plan, agent, "true");
        bench.Write("CHANGELOG.md", "- first\n");
        bench.Write("package-lock.json", "nothing\n");
        var config = bench.Read("interlock.json");
        bench.Write("interlock.json", config[..config.LastIndexOf('}')] + $", {setting} }}\n");
        await bench.GitAsync("add", "-A");
        await bench.GitAsync("commit", "--quiet", "-m", "rules");
        if (trust)
        {
            Assert.Equal(0, (await bench.InterlockAsync("trust", "--yes")).ExitCode);
        }

        return bench;
    }
}
