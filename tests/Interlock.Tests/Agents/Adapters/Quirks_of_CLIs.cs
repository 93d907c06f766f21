using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Tests.Agents.Adapters;

/// <summary>What is true of one CLI alone.</summary>
public sealed class Quirks_of_CLIs
{
    [Fact]
    public async Task Aider_tells_tokens_and_cost_in_words_for_people_and_its_history_stays_out_of_the_worktree()
    {
        using var bench = new AdapterBench("aider");
        bench.Play("Aider v0.86", "Applied edit to a.txt", "#write a.txt edited", "Tokens: 12k sent, 1.5k cache write, 8k cache hit, 345 received. Cost: $0.05 message, $0.09 session.");

        var outcome = await bench.RunAsync();

        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
        var metered = outcome.Heard.Tally.Settle(SessionTotal.None);
        Assert.Equal((new Usage(2500, 8000, 1500, 345, 0, 1), 0.05m), (metered.Usage, metered.Cost));
        Assert.Equal(["a.txt"], bench.Arguments().TakeLast(1));
        Assert.Equal(AdapterBench.Prompt, File.ReadAllText(bench.Arguments()[bench.Arguments().ToList().IndexOf("--message-file") + 1]));
    }

    [Fact]
    public async Task A_session_of_Claude_is_found_again_from_a_worktree_of_another_name()
    {
        using var bench = new AdapterBench("claude");
        var old = Path.Combine(bench.HomePath, "claude", "projects", "-old-tree-1-1-1-7");
        Directory.CreateDirectory(old);
        File.WriteAllText(Path.Combine(old, "s-9.jsonl"), "{}\n");
        bench.Play(AdapterBench.Recorded("claude", "resumed"));

        await bench.RunAsync(new AgentSession("s-9", "/old/tree/1.1.1-7"));

        Assert.Equal(2, Directory.GetFiles(Path.Combine(bench.HomePath, "claude", "projects"), "s-9.jsonl", SearchOption.AllDirectories).Length);
    }

    [Theory]
    [InlineData("claude", """{"type":"result","subtype":"success","result":"ok","num_turns":1,"usage":{"input_tokens":99999999999999999999,"output_tokens":-5},"total_cost_usd":1e300}""")]
    [InlineData("codex", """{"type":"turn.completed","usage":{"input_tokens":9223372036854775807,"cached_input_tokens":4000,"output_tokens":9223372036854775807}}""")]
    [InlineData("gemini", """{"type":"result","status":"success","stats":{"total_tokens":1e999,"input_tokens":1e999,"output_tokens":50,"cached":3e30}}""")]
    [InlineData("aider", "Tokens: 99999999999999999999999999999M sent, 1.2.3k received. Cost: $1.2.3 message")]
    public async Task A_count_that_nobody_can_have_used_never_makes_a_run_look_cheap(string cli, string line)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(line, line, line);

        var (used, cost, _) = (await bench.RunAsync()).Heard.Tally.Settle(SessionTotal.None);

        Assert.True(used is { Input: >= 0, CachedInput: >= 0, Output: >= 0, Tokens: >= 0 }, $"{used}");
        Assert.True(cost is null or >= 0, $"{cost}");
    }

    [Theory]
    [InlineData("253402300800")]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    [InlineData("\"soon\"")]
    public async Task A_reset_that_no_calendar_has_is_a_limit_without_an_end(string resetsAt)
    {
        using var bench = new AdapterBench("claude");
        bench.Play("""{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":WHEN}}""".Replace("WHEN", resetsAt, StringComparison.Ordinal));

        var limit = (await bench.RunAsync()).Heard.Limit;

        Assert.NotNull(limit);
        Assert.Null(limit.ResetAt);
    }

    [Fact]
    public async Task What_Claude_used_before_it_was_killed_is_counted_once_a_message()
    {
        using var bench = new AdapterBench("claude");
        const string Line = """{"type":"assistant","message":{"id":"m-1","model":"claude-sonnet-5","content":[],"usage":{"input_tokens":100,"output_tokens":20}}}""";
        bench.Play("""{"type":"system","subtype":"init","session_id":"s-1","model":"claude-sonnet-5"}""", Line, Line, "#exit 137");

        var tally = (await bench.RunAsync()).Heard.Tally;

        Assert.Equal(new Usage(100, 0, 0, 20, 0, 1), tally.Settle(SessionTotal.None).Usage);
        Assert.Equal("claude-sonnet-5", tally.Model);
    }

    [Fact]
    public async Task A_model_is_named_on_the_command_line_and_arguments_of_ones_own_follow()
    {
        using var bench = new AdapterBench("claude");
        bench.Preset = AgentPresets.Bare(AdapterRegistry.Find("claude")!) with { Model = "haiku", Args = ["--max-turns", "30"] };
        bench.Play(AdapterBench.Recorded("claude", "good"));

        await bench.RunAsync();

        Assert.Contains("--model haiku", string.Join(' ', bench.Arguments()), StringComparison.Ordinal);
        Assert.Equal(["--max-turns", "30"], bench.Arguments().TakeLast(2));
    }

    [Theory]
    [InlineData(true, "danger-full-access")]
    [InlineData(false, "workspace-write")]
    public void Codex_has_its_own_sandbox_only_where_ours_is_not_around_it_also_when_it_goes_on_with_a_session(bool confined, string mode)
    {
        using var bench = new AdapterBench("codex");
        var launch = bench.Launch(new AgentSession("t-1", bench.Worktree)) with { Confined = confined };

        AdapterRegistry.Find("codex")!.Prepare(bench.Home, launch, bench.Guard);

        Assert.Contains($"\nsandbox_mode = \"{mode}\"\n", File.ReadAllText(Path.Combine(bench.HomePath, "codex", "config.toml")), StringComparison.Ordinal);
        Assert.DoesNotContain("-s", AdapterRegistry.Find("codex")!.Command(bench.Home, launch).Command);
    }

    [Fact]
    public void Codex_waits_for_our_tools_before_its_first_turn()
    {
        using var bench = new AdapterBench("codex");

        AdapterRegistry.Find("codex")!.Prepare(bench.Home, bench.Launch(), bench.Guard);

        Assert.Contains("\nrequired = true\n", File.ReadAllText(Path.Combine(bench.HomePath, "codex", "config.toml")), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenCode_asks_nobody_about_a_folder_outside_since_it_would_stop_there_without_a_word()
    {
        using var bench = new AdapterBench("opencode");

        AdapterRegistry.Find("opencode")!.Prepare(bench.Home, bench.Launch(), bench.Guard);

        Assert.Contains("\"external_directory\":\"allow\"", File.ReadAllText(Path.Combine(bench.HomePath, "opencode.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Copilot_is_not_asked_to_trust_the_folder_which_it_refuses_beside_the_id_of_a_session()
    {
        using var bench = new AdapterBench("copilot");

        var words = AdapterRegistry.Find("copilot")!.Command(bench.Home, bench.Launch()).Command;

        Assert.Contains("--session-id", words);
        Assert.DoesNotContain("--trust-folder", words);
    }

    [Fact]
    public void A_file_that_the_repository_has_itself_is_not_written_over()
    {
        using var bench = new AdapterBench("cursor-agent");
        Directory.CreateDirectory(Path.Combine(bench.Worktree, ".cursor"));
        File.WriteAllText(Path.Combine(bench.Worktree, ".cursor", "mcp.json"), "{}");

        AdapterRegistry.Find("cursor-agent")!.Prepare(bench.Home, bench.Launch(), bench.Guard);
        bench.Home.TakeBack();

        Assert.Equal("{}", File.ReadAllText(Path.Combine(bench.Worktree, ".cursor", "mcp.json")));
        Assert.Equal([Path.Combine(".cursor", "mcp.json")], bench.InWorktree());
    }

    [Fact]
    public void The_words_of_an_agent_about_rate_limits_are_no_limit_and_an_error_of_another_kind_is_none()
    {
        Assert.Null(LimitWords.Find("unexpected token in main.cs line 12"));
        Assert.Null(LimitWords.Find("the model does not exist", 404));
        Assert.NotNull(LimitWords.Find("", 429));
        Assert.True(LimitWords.Find("Your credit balance is too low to access the API")!.NoCredit);
        Assert.Equal(new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero), LimitWords.Find("usage limit, resets at 2027-01-02T03:04:05Z")!.ResetAt);
    }
}
