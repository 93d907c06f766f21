using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Tests.Agents.Adapters;

/// <summary>What holds of every CLI, whatever it calls things.</summary>
public sealed class Adapter_conformance
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Clis => new("claude", "codex", "cursor-agent", "gemini", "opencode", "qwen", "copilot", "amp", "goose");

    /// <summary>goose takes the keys of several makers, so which one a key of another name stands for is not known.</summary>
    public static TheoryData<string> ClisOfOneKey => new(Clis.Select(row => row.Data).Where(cli => cli != "goose"));

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task The_prompt_arrives_whole_and_nothing_of_it_is_read_by_a_shell(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "good"));

        await bench.RunAsync();

        var byArgument = bench.Profile.Delivery == PromptDelivery.Argument;
        Assert.Equal(byArgument, bench.Arguments().Contains(AdapterBench.Prompt));
        Assert.Equal(byArgument ? "" : AdapterBench.Prompt, bench.StandardInput());
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Everything_it_is_set_up_with_is_in_its_home_and_the_worktree_holds_only_its_work(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "good"));

        await bench.RunAsync();
        bench.Home.TakeBack();

        Assert.Equal(["a.txt"], bench.InWorktree());
        Assert.Empty(Directory.GetDirectories(bench.Worktree));
        Assert.NotEmpty(Directory.GetFiles(bench.HomePath, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public void It_is_told_of_the_hook_and_of_the_server_with_its_token(string cli)
    {
        using var bench = new AdapterBench(cli);

        AdapterRegistry.Find(cli)!.Prepare(bench.Home, bench.Launch(), bench.Guard);

        var written = string.Join('\n', Directory.GetFiles(bench.HomePath, "*", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(bench.Worktree, "*", SearchOption.AllDirectories)).Select(File.ReadAllText));
        Assert.Contains("secret-token", written, StringComparison.Ordinal);
        Assert.Contains("hook", written, StringComparison.Ordinal);
        Assert.Contains("--agent", written, StringComparison.Ordinal);
        Assert.Contains("/opt/in ter/lock", written, StringComparison.Ordinal);
        bench.Home.TakeBack();
        Assert.Empty(bench.InWorktree());
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task A_good_turn_is_told_in_the_same_words_by_all(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "good"));

        var outcome = await bench.RunAsync();

        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
        var tool = Assert.Single(bench.Events.OfType<AgentEvent.ToolStarted>());
        Assert.Equal(["a.txt"], tool.Paths);
        Assert.False(Assert.Single(bench.Events.OfType<AgentEvent.ToolFinished>()).Failed);
        Assert.Equal("a.txt", Assert.Single(bench.Events.OfType<AgentEvent.FileEdited>()).Path);
        Assert.Equal(new AgentEvent.Result(true, "all done"), outcome.Heard.Result);
        Assert.Equal(cli switch { "amp" => "T-1", "goose" => bench.Launch().Session.Id, _ => "s-1" }, outcome.Heard.Session);
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task One_that_stays_after_its_last_word_is_ended_and_its_turn_counts(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play([.. AdapterBench.Recorded(cli, "good"), "#hang"]);

        var outcome = await bench.RunAsync();

        Assert.Equal(AgentEnd.Finished, outcome.End);
        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Exit_code_0_without_a_result_is_a_failure_that_says_so(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "cut"));

        var outcome = await bench.RunAsync();

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("without a result", Assert.IsType<AgentVerdict.Failed>(bench.Judge(outcome)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task An_error_is_a_failure_in_the_CLIs_own_words(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "error"));

        var outcome = await bench.RunAsync();

        Assert.Contains("the sky fell", Assert.IsType<AgentVerdict.Failed>(bench.Judge(outcome)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task A_refusal_of_the_provider_is_nobodys_failure(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "limited"));

        var limit = Assert.IsType<AgentVerdict.Limited>(bench.Judge(await bench.RunAsync())).Limit;

        Assert.Equal(cli is "amp" or "opencode", limit.NoCredit);
        var waits = cli switch
        {
            "cursor-agent" => TimeSpan.FromHours(2), "codex" => TimeSpan.FromDays(3), "gemini" => TimeSpan.FromSeconds(41.5),
            "qwen" => TimeSpan.FromSeconds(20), "copilot" => TimeSpan.FromMinutes(5), _ => (TimeSpan?)null,
        };
        Assert.Equal(waits, limit.ResetIn);
        Assert.Equal(cli == "claude" ? DateTimeOffset.FromUnixTimeSeconds(1893456000) : (DateTimeOffset?)null, limit.ResetAt);
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Usage_means_the_same_of_each_and_a_session_gone_on_with_counts_only_what_was_added(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "good"));
        var first = (await bench.RunAsync()).Heard.Tally.Settle(SessionTotal.None);
        bench.Play(AdapterBench.Recorded(cli, "resumed"));

        var second = (await bench.RunAsync(new AgentSession("s-1", "/elsewhere"))).Heard.Tally.Settle(first.Session);

        var (good, added) = cli switch
        {
            "claude" or "amp" => (new Usage(300, 3000, 50, 50, 0, 2), new Usage(100, 1000, 50, 20, 0, 1)),
            "qwen" => (new Usage(300, 3000, 0, 50, 0, 2), new Usage(100, 1000, 0, 20, 0, 2)),
            "codex" => (new Usage(300, 3000, 0, 50, 10, 1), new Usage(100, 1000, 0, 20, 5, 1)),
            "gemini" => (new Usage(300, 3000, 0, 60, 10, 1), new Usage(100, 1000, 0, 20, 0, 1)),
            "opencode" => (new Usage(300, 3000, 50, 50, 20, 2), new Usage(100, 1000, 0, 20, 10, 1)),
            "copilot" => (new Usage(300, 3000, 0, 50, 0, 1), new Usage(100, 1000, 0, 20, 0, 1)),
            "goose" => (new Usage(Turns: 2) { Unsplit = 3350 }, new Usage(Turns: 1) { Unsplit = 1120 }),
            _ => (Usage.None, Usage.None),
        };
        Assert.Equal(good, first.Usage);
        Assert.Equal(added, second.Usage);
        Assert.Equal(cli switch { "claude" or "opencode" => 0.25m, _ => (decimal?)null }, first.Cost);
        Assert.Equal(cli switch { "claude" or "opencode" => 0.15m, _ => (decimal?)null }, second.Cost);
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task A_session_is_gone_on_with_by_its_id_and_a_new_one_is_not(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play(AdapterBench.Recorded(cli, "good"));
        await bench.RunAsync();
        string[] marks = cli switch
        {
            "claude" or "gemini" or "qwen" => ["--resume", "s-9"], "codex" => ["exec", "resume", "s-9"], "cursor-agent" => ["--resume", "s-9"],
            "opencode" => ["-s", "s-9"], "copilot" => ["--resume=s-9"], "amp" => ["threads", "continue", "s-9"], _ => ["--name", "s-9", "--resume"],
        };
        Assert.DoesNotContain("s-9", string.Join(' ', bench.Arguments()), StringComparison.Ordinal);

        bench.Play(AdapterBench.Recorded(cli, "resumed"));
        await bench.RunAsync(new AgentSession("s-9", "/elsewhere"));

        Assert.Contains(string.Join(' ', marks), string.Join(' ', bench.Arguments()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Asked_to_stop_it_is_sent_the_signal_it_ends_in_order_by(string cli)
    {
        using var bench = new AdapterBench(cli);
        bench.Play("#trap");
        var process = await bench.StartAsync();
        using (var bound = new CancellationTokenSource(LongWait))
        {
            while (!File.Exists(Path.Combine(bench.Played, "trapped")))
            {
                bound.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        await process.StopAsync(LongWait);

        Assert.Equal(AgentEnd.Cancelled, (await process.Completion).End);
        Assert.Equal(cli is "claude" or "codex" ? "INT" : "TERM", File.ReadAllText(Path.Combine(bench.Played, "signal")));
    }

    [Theory]
    [MemberData(nameof(Clis))]
    public async Task Noise_broken_lines_and_lines_of_10_MB_change_nothing(string cli)
    {
        using var clean = new AdapterBench(cli);
        clean.Play(AdapterBench.Recorded(cli, "good"));
        await clean.RunAsync();
        using var bench = new AdapterBench(cli);
        string[] noise = ["", "npm warn deprecated", "{", "{\"type\":", "[1,2]", "null", "{}", "{\"type\":17}", "{\"type\":\"of another version\",\"x\":[]}", "\u0001\u001b[31m{", "#long 10 {\"type\":\"noise\",\"text\":\""];
        bench.Play(AdapterBench.Recorded(cli, "good").SelectMany(line => noise.Append(line)));

        var outcome = await bench.RunAsync();

        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
        Assert.Equal(clean.Events.Select(Shown), bench.Events.Select(Shown));
    }

    [Fact]
    public async Task A_result_of_10_MB_is_still_a_result()
    {
        using var bench = new AdapterBench("claude");
        bench.Play("#long 10 {\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"num_turns\":3,\"total_cost_usd\":0.5,\"result\":\"", "#hang");

        var outcome = await bench.RunAsync();

        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
        Assert.Equal(0.5m, outcome.Heard.Tally.Settle(SessionTotal.None).Cost);
    }

    [Theory]
    [MemberData(nameof(ClisOfOneKey))]
    public async Task Keys_go_to_the_CLI_they_are_for_and_a_key_of_another_name_in_its_place(string cli)
    {
        using var bench = new AdapterBench(cli);
        var key = bench.Profile.Variables[0];
        Environment.SetEnvironmentVariable("INTERLOCK_TEST_SECOND_KEY", "second");
        Environment.SetEnvironmentVariable("SOMEBODY_ELSES_KEY", "theirs");
        bench.Preset = AgentPresets.Bare(AdapterRegistry.Find(cli)!) with { ApiKeyEnv = "INTERLOCK_TEST_SECOND_KEY" };
        bench.Play(AdapterBench.Recorded(cli, "good"));

        await bench.RunAsync();

        Assert.Equal("second", bench.Variables()[key]);
        Assert.DoesNotContain("theirs", bench.Variables().Values);
    }

    private static string Shown(AgentEvent entry) => entry switch
    {
        AgentEvent.ToolStarted tool => $"started {tool.Name} {string.Join(' ', tool.Paths)}",
        AgentEvent.ToolFinished tool => $"finished {tool.Name} {string.Join(' ', tool.Paths)} {tool.Failed}",
        _ => entry.ToString(),
    };
}
