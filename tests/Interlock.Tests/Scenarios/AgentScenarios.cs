using Interlock.Tests.Agents;

namespace Interlock.Tests.Scenarios;

/// <summary>Runs with programs in place of the real CLIs, found on PATH as those are.</summary>
public sealed class AgentScenarios
{
    [Fact]
    public async Task A_task_lands_by_a_CLI_on_the_path_and_the_run_says_what_it_cost()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), """{ "agent": { "adapter": "claude" } }""");
        bench.Cli("claude", Stubs.Good("claude", "src/part.txt"));

        var ran = await bench.Repository.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("$0.25 in 1 attempt", ran.Output, StringComparison.Ordinal);
        Assert.Equal("edited", await bench.Repository.ShowAsync("src/part.txt"));
        var spent = (await bench.Repository.InterlockAsync("status", "--json")).Json.GetProperty("spent");
        Assert.Equal((0.25m, 300, 3000, 50), (spent.GetProperty("usd").GetDecimal(), spent.GetProperty("input_tokens").GetInt32(), spent.GetProperty("cached_input_tokens").GetInt32(), spent.GetProperty("output_tokens").GetInt32()));
        Assert.Contains("Spent: $0.25", (await bench.Repository.InterlockAsync("status")).Output, StringComparison.Ordinal);
        Assert.Contains("usage.recorded", await bench.Repository.EventKindsAsync());
        await bench.Repository.AssertSoundAsync();
        await bench.Repository.AssertHealthyAsync();
    }

    [Fact]
    public async Task A_CLI_is_named_for_one_run_on_the_command_line()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), "{ }");
        bench.Cli("codex", Stubs.Good("codex", "src/part.txt"));

        Assert.True((await bench.Repository.RunAsync("--agent", "codex", "--json")) is { ExitCode: 0 } ran && ran.Json.GetProperty("spent").GetProperty("by_preset")[0].GetProperty("preset").GetString() == "codex");
        Assert.Equal(2, (await bench.Repository.RunAsync("--agent", "nobody")).ExitCode);
    }

    [Fact]
    public async Task Work_that_comes_back_goes_on_in_its_session_and_only_what_is_added_is_counted()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), """{ "agent": { "adapter": "claude" } }""");
        bench.Cli("claude", Stubs.Good("claude", "src/part.txt", "BROKEN"), Stubs.Resumed("claude", "src/part.txt"));

        var ran = await bench.Repository.RunAsync("--json");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(0.40m, ran.Json.GetProperty("spent").GetProperty("usd").GetDecimal());
        Assert.Contains("--resume s-1", bench.Asked("claude", "args", 2).Replace('\0', ' '), StringComparison.Ordinal);
        var prompt = bench.Asked("claude", "stdin", 2);
        Assert.Contains("goes on", prompt, StringComparison.Ordinal);
        Assert.Contains("check 'check' failed", prompt, StringComparison.Ordinal);
        Assert.Contains("goes on with its session", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_refuses_costs_no_attempt_and_the_next_CLI_takes_over()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """{ "agent": { "adapter": "claude", "fallback": ["codex"] }, "limits": { "agents": 1, "attempts": 1 } }""");
        var reset = DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        bench.Cli("claude", [.. Stubs.Recorded("claude", "limited").Select(line => line.Replace("1893456000", reset, StringComparison.Ordinal))]);
        bench.Cli("codex", Stubs.Good("codex", "src/1.txt"), Stubs.Good("codex", "src/2.txt"));

        var ran = await bench.Repository.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(2, (await bench.Repository.LandedAsync()).Count);
        Assert.False(File.Exists(bench.Kept("claude", "args", 2)));
        Assert.Contains("anthropic is at its rate limit", (await bench.Repository.InterlockAsync("status")).Output, StringComparison.Ordinal);
        var kinds = await bench.Repository.EventKindsAsync();
        Assert.Contains("provider.limited", kinds);
        Assert.DoesNotContain("task.failed", kinds);
        await bench.Repository.AssertHealthyAsync();
    }

    [Fact]
    public async Task A_run_waits_for_a_provider_and_goes_on_when_it_serves_again()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), """{ "agent": { "adapter": "qwen" } }""");
        var limited = Stubs.Recorded("qwen", "limited").Select(line => line.Replace("retry after 20 seconds", "retry after 1 seconds", StringComparison.Ordinal));
        bench.Cli("qwen", [.. limited], Stubs.Good("qwen", "src/part.txt"));

        var ran = await bench.Repository.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Contains("provider.serves", await bench.Repository.EventKindsAsync());
        Assert.Contains("qwen serves again", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_that_is_used_up_stops_before_the_next_attempt_and_says_so()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1", "1.1.2"), """{ "agent": { "adapter": "claude" }, "budget": { "story": { "usd": 0.2 } }, "limits": { "agents": 1 } }""");
        bench.Cli("claude", Stubs.Good("claude", "src/1.txt"), Stubs.Good("claude", "src/2.txt"));

        var ran = await bench.Repository.RunAsync("--json");

        Assert.Equal(1, ran.ExitCode);
        Assert.Single(await bench.Repository.LandedAsync());
        Assert.Contains("the budget is used up: $0.25 of $0.20 by story 1.1", ran.Json.GetProperty("open")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        var open = ran.Json.GetProperty("open")[0].GetProperty("task_id").GetString()!;
        Assert.Contains("(budget)", (await bench.Repository.InterlockAsync("explain", open)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_CLIs_work_in_one_run_by_the_types_of_the_roster()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1||src/a.txt", "1.1.2||src/b.txt"), """
            { "agent": { "adapter": "claude" }, "roster": [ { "type": "dev" }, { "type": "qa", "adapter": "second" } ], "agents": { "second": { "adapter": "gemini", "model": "gemini-2.5-pro" } } }
            """);
        bench.Cli("claude", Stubs.Good("claude", "src/1.txt"));
        bench.Cli("gemini", Stubs.Good("gemini", "src/2.txt"));

        var ran = await bench.Repository.RunAsync("--json");

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.Equal(["claude", "second"], ran.Json.GetProperty("spent").GetProperty("by_preset").EnumerateArray().Select(entry => entry.GetProperty("preset").GetString()!));
        Assert.Equal(0, ran.Json.GetProperty("spent").GetProperty("unpriced_attempts").GetInt32());
    }

    [Fact]
    public async Task Files_lent_to_a_CLI_reach_neither_the_branch_nor_the_repository()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), """{ "agent": { "adapter": "cursor-agent" } }""");
        bench.Cli("cursor-agent", Stubs.Good("cursor-agent", "src/part.txt"));
        var exclude = bench.Repository.Read(".git/info/exclude");

        var ran = await bench.Repository.RunAsync();

        Assert.True(ran.ExitCode == 0, ran.ToString());
        Assert.DoesNotContain(".cursor", await bench.Repository.GitAsync("ls-tree", "-r", "--name-only", Bench.Branch), StringComparison.Ordinal);
        Assert.DoesNotContain(".cursor", bench.Repository.Read(".git/info/exclude"), StringComparison.Ordinal);
        Assert.DoesNotContain(".cursor", exclude, StringComparison.Ordinal);
        await bench.Repository.AssertSoundAsync();
    }

    [Fact]
    public async Task Agents_lists_what_is_installed_tries_it_and_says_how_to_get_the_rest()
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), "{ }");
        bench.Cli("claude", Stubs.Good("claude", "ready.txt"));
        bench.Cli("codex", Stubs.Recorded("codex", "error"));

        var listed = (await bench.Repository.InterlockAsync("agents", "--json")).Json.GetProperty("agents").EnumerateArray().ToDictionary(agent => agent.GetProperty("name").GetString()!);
        Assert.Equal("9.8.7", listed["claude"].GetProperty("version").GetString());
        Assert.True(listed["claude"].GetProperty("installed").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, listed["claude"].GetProperty("works").ValueKind);
        Assert.False(listed["goose"].GetProperty("installed").GetBoolean());
        Assert.NotEqual("", listed["goose"].GetProperty("remedy").GetString());

        var tried = await bench.Repository.InterlockAsync("agents", "--test");
        Assert.Equal(1, tried.ExitCode);
        Assert.Matches("claude +works", tried.Output);
        Assert.Matches("codex +fails", tried.Output);
        Assert.Contains("the sky fell", tried.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("visible", 0, "guard.off")]
    [InlineData("required", 1, "guard.stopped")]
    public async Task A_CLI_whose_hooks_do_not_fire_is_noticed(string guard, int exitCode, string kind)
    {
        using var bench = await Stubs.CreateAsync(Bench.Plan("1.1.1"), $$"""{ "agent": { "adapter": "claude" }, "guard": "{{guard}}", "limits": { "attempts": 1 } }""");
        bench.Cli("claude", Stubs.Good("claude", "src/part.txt"));

        var ran = await bench.Repository.RunAsync();

        Assert.True(ran.ExitCode == exitCode, ran.ToString());
        Assert.Contains("its hooks asked nothing", ran.Output, StringComparison.Ordinal);
        Assert.Contains(kind, await bench.Repository.EventKindsAsync());
    }

    /// <summary>A repository, and a folder on PATH with programs that play recorded CLIs.</summary>
    private sealed class Stubs : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("interlock-stubs-").FullName;

        private Stubs(Bench repository) => Repository = repository;

        public Bench Repository { get; }

        public static async Task<Stubs> CreateAsync(string plan, string settings)
        {
            var repository = await Bench.CreateAsync(plan, "exit 1");
            var stubs = new Stubs(repository);
            var config = System.Text.Json.Nodes.JsonNode.Parse(settings)!.AsObject();
            config["checks"] = System.Text.Json.Nodes.JsonNode.Parse("""[ { "name": "check", "command": "! grep -rq BROKEN src" } ]""");

            // What a stub was started with it keeps beside itself, out of its sandbox.
            config["sandbox_write"] = new System.Text.Json.Nodes.JsonArray(stubs.folder);
            repository.Write("interlock.json", config.ToJsonString());
            await repository.GitAsync("commit", "--quiet", "-am", "settings");
            repository.Set("PATH", $"{stubs.folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}");
            Assert.Equal(0, (await repository.InterlockAsync("trust", "--yes")).ExitCode);
            return stubs;
        }

        /// <summary>What a CLI of this name prints, from its first start to its last.</summary>
        public void Cli(string name, params IReadOnlyList<string>[] streams)
        {
            var played = Path.Combine(folder, $"{name}.played");
            Directory.CreateDirectory(played);
            for (var i = 0; i < streams.Length; i++)
            {
                File.WriteAllLines(Path.Combine(played, $"stream.{i + 1}"), streams[i]);
            }

            FakeAgent.InPlaceOf(Path.Combine(folder, name), played);
        }

        public string Kept(string name, string what, int start) => Path.Combine(folder, $"{name}.played", $"{what}.{start}");

        public string Asked(string name, string what, int start) => File.ReadAllText(Kept(name, what, start));

        public static IReadOnlyList<string> Recorded(string name, string kind) => Agents.Adapters.AdapterBench.Recorded(name, kind);

        public static IReadOnlyList<string> Good(string name, string file, string text = "edited") =>
            [.. Recorded(name, "good").Select(line => line == "#write a.txt edited" ? $"#write {file} {text}" : line)];

        public static IReadOnlyList<string> Resumed(string name, string file) => [$"#write {file} mended", .. Recorded(name, "resumed")];

        public void Dispose()
        {
            Repository.Dispose();
            Product.Delete(folder);
        }
    }
}
