namespace Interlock.Tests.Scenarios;

public sealed class VerifiedWork
{
    private const string Writes = """
        mkdir -p src
        echo "$INTERLOCK_TASK_ID" >> "src/$INTERLOCK_TASK_ID.txt"
        """;

    [Fact]
    public async Task A_red_check_at_submission_goes_back_to_the_agent_and_never_reaches_the_queue()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), """
            mkdir -p src
            if [ "$INTERLOCK_ATTEMPT" = 1 ]; then echo UGLY > src/part.txt; exit 0; fi
            cp "$INTERLOCK_PROMPT_FILE" "$SIGNALS/prompt"
            cat src/part.txt > "$SIGNALS/found"
            echo mended > src/part.txt
            """);
        await ConfigureAsync(bench, """{ "name": "lint", "command": "! grep -r UGLY src", "at": "submit" }, { "name": "test", "command": "true" }""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal("mended", await bench.ShowAsync("src/part.txt"));
        Assert.Equal("UGLY\n", File.ReadAllText(Path.Combine(bench.Signals, "found")));
        Assert.Contains("src/part.txt:UGLY", File.ReadAllText(Path.Combine(bench.Signals, "prompt")), StringComparison.Ordinal);
        var kinds = await EventKindsAsync(bench);
        Assert.Single(kinds, "task.submitted");
        Assert.Contains("task.failed", kinds);
        Assert.DoesNotContain("task.returned", kinds);
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_flake_lands_and_stands_in_news_report_and_status()
    {
        // Its check counts on nobody asking it between its two runs.
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2", "1.1.3"), Writes, limits: """{ "agents": 1, "builds": 1 }""");
        await ConfigureAsync(bench, """{ "name": "test", "command": "rm $SIGNALS/seen 2>/dev/null || { touch $SIGNALS/seen; false; }" }""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(3, (await bench.LandedAsync()).Count);
        Assert.Contains("was red, then green in the same state", ran.Output, StringComparison.Ordinal);
        Assert.Contains("flaky 3 times in its last 3 runs", ran.Output.Split("Story 1.1 on branch")[1], StringComparison.Ordinal);
        Assert.Contains("WARNING", (await bench.InterlockAsync("status")).Output, StringComparison.Ordinal);
        var flaky = (await bench.InterlockAsync("status", "--json")).Json.GetProperty("flaky_checks")[0];
        Assert.Equal(("test", 3, true), (flaky.GetProperty("check").GetString(), flaky.GetProperty("flakes").GetInt32(), flaky.GetProperty("warning").GetBoolean()));
        Assert.Equal(3, (await EventKindsAsync(bench)).Count(kind => kind == "check.flaky"));
        await bench.AssertSoundAsync();
    }

    [Fact]
    public async Task A_check_that_is_always_red_lands_nothing_however_often_it_is_asked()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes, check: "! ls src | grep -q 1.1.1", limits: """{ "attempts": 2 }""");

        Assert.Equal(1, (await bench.RunAsync()).ExitCode);

        Assert.Empty(await bench.LandedAsync());
        Assert.Equal(2, (await EventKindsAsync(bench)).Count(kind => kind == "check.failed"));
    }

    [Fact]
    public async Task A_run_without_a_sandbox_says_so_once_and_status_too()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), Writes);
        await ConfigureAsync(bench, """{ "name": "test", "command": "true" }""", "none");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Single(ran.Output.Split('\n'), line => line.Contains("checks run without a sandbox", StringComparison.Ordinal));
        Assert.Contains("checks run without a sandbox", (await bench.InterlockAsync("status")).Output, StringComparison.Ordinal);
        Assert.Equal("none", (await bench.InterlockAsync("status", "--json")).Json.GetProperty("sandbox").GetString());
    }

    [Theory]
    [InlineData("auto", 0)]
    [InlineData("bwrap", 3)]
    public async Task Where_bwrap_is_missing_auto_says_so_and_bwrap_refuses(string sandbox, int exitCode)
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        await ConfigureAsync(bench, """{ "name": "test", "command": "true" }""", sandbox);
        foreach (var program in (string[])["git", "sh", "mkdir", "env"])
        {
            File.CreateSymbolicLink(Path.Combine(bench.Signals, program), new[] { "/usr/bin/", "/bin/" }.Select(folder => folder + program).First(File.Exists));
        }

        bench.Set("PATH", bench.Signals);
        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == exitCode, ran.ToString());
        Assert.Contains("bwrap (bubblewrap) is not installed", ran.Output + ran.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0 ? 1 : 0, (await bench.GitAsync("log", "--all", "--format=%(trailers:key=Task-Id,valueonly,separator=)", "--grep=Task-Id")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Checks_reach_linked_packages_that_lie_outside_of_the_checkout()
    {
        using var bench = await Bench.CreateAsync(Bench.Plan("1.1.1"), Writes);
        var shared = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(bench.Root)!, "shared")).FullName;
        File.WriteAllText(Path.Combine(shared, "tool"), "echo from afar\n");
        Directory.CreateSymbolicLink(Path.Combine(bench.Root, "packages"), shared);
        bench.Write(".gitignore", "packages\n");
        await bench.GitAsync("add", ".gitignore");
        await ConfigureAsync(bench, """{ "name": "test", "command": "sh packages/tool && ! rm packages/tool" }""", more: """ "worktrees": { "link": ["packages"] },""");

        var ran = await bench.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.True(File.Exists(Path.Combine(shared, "tool")));
    }

    private static async Task ConfigureAsync(Bench bench, string checks, string sandbox = "auto", string more = "")
    {
        var config = bench.Read("interlock.json");
        var from = config.IndexOf("\"checks\"", StringComparison.Ordinal);
        var to = config.IndexOf("\"environment\"", StringComparison.Ordinal);
        bench.Write("interlock.json", $"{config[..from]}\"checks\": [ {checks} ], \"sandbox\": \"{sandbox}\",{more} \"merge_queue\": {{ \"window\": 1 }}, \"sandbox_write\": [\"{bench.Signals}\"],\n  {config[to..]}");
        await bench.GitAsync("commit", "--quiet", "-am", "configure");
        Assert.Equal(0, (await bench.InterlockAsync("trust", "--yes")).ExitCode);
    }

    private static async Task<IReadOnlyList<string>> EventKindsAsync(Bench bench) =>
        [.. (await bench.InterlockAsync("log", "--json", "--limit", "500")).Json.GetProperty("events").EnumerateArray().Select(line => line.GetProperty("kind").GetString()!)];
}
