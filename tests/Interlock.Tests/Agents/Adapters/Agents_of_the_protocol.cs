using Interlock.Domain.Leasing;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Tests.Agents.Adapters;

/// <summary>The Agent Client Protocol, spoken with a real program.</summary>
public sealed class Agents_of_the_protocol
{
    [Fact]
    public async Task A_turn_goes_from_the_first_word_to_the_result_and_what_it_cost()
    {
        using var bench = Bench("a.txt", _ => null);

        var outcome = await bench.RunAsync();

        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
        Assert.Equal(("s-1", "all done"), (outcome.Heard.Session, outcome.Heard.Result!.Words));
        Assert.Equal("a.txt", Assert.Single(bench.Events.OfType<AgentEvent.FileEdited>()).Path);
        var metered = outcome.Heard.Tally.Settle(SessionTotal.None);
        Assert.Equal((new Usage(300, 3000, 0, 50, 0, 1), 0.25m), (metered.Usage, metered.Cost));
        Assert.Equal(["a.txt"], bench.InWorktree());
    }

    [Fact]
    public async Task It_asks_before_it_edits_and_a_no_keeps_the_file_as_it_is()
    {
        var asked = new List<string>();
        using var bench = Bench("theirs.txt", files =>
        {
            asked.AddRange(files);
            return new Refusal(RefusalCodes.FileBusy, "leased by another", "wait");
        });

        var outcome = await bench.RunAsync();

        Assert.Equal(["theirs.txt"], asked);
        Assert.Empty(bench.InWorktree());
        Assert.True(Assert.Single(bench.Events.OfType<AgentEvent.ToolFinished>()).Failed);
        Assert.IsType<AgentVerdict.Done>(bench.Judge(outcome));
    }

    [Fact]
    public async Task An_agent_that_ends_its_turn_at_a_refusal_is_told_why_once_and_goes_on()
    {
        using var bench = Bench("theirs.txt", _ => new Refusal(RefusalCodes.FileBusy, "theirs.txt is leased by dev-2", "Do another part"));

        var outcome = await bench.RunAsync();

        var prompts = File.ReadAllLines(Path.Combine(bench.Played, "received")).Where(line => line.Contains("session/prompt", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, prompts.Count);
        Assert.Contains("theirs.txt is leased by dev-2. Do another part", prompts[1], StringComparison.Ordinal);
        Assert.Equal(new Usage(300, 3000, 0, 50, 0, 2), outcome.Heard.Tally.Settle(SessionTotal.None).Usage);
    }

    [Fact]
    public async Task Without_a_guard_every_question_is_answered_no()
    {
        using var bench = Bench("a.txt", null);

        await bench.RunAsync();

        Assert.Empty(bench.InWorktree());
    }

    [Fact]
    public async Task A_session_is_loaded_and_the_server_is_named_in_it()
    {
        using var bench = Bench("a.txt", _ => null);

        await bench.RunAsync(new AgentSession("s-9", "/elsewhere"));

        var received = File.ReadAllText(Path.Combine(bench.Played, "received"));
        Assert.Contains("\"session/load\"", received, StringComparison.Ordinal);
        Assert.Contains("s-9", received, StringComparison.Ordinal);
        Assert.Contains("secret-token", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_stop_it_is_told_by_protocol_first()
    {
        using var bench = Bench("never", _ => null);
        var process = await bench.StartAsync();
        while (!process.Tail.Contains("all done", StringComparison.Ordinal))
        {
            Assert.False(process.Completion.IsCompleted, process.Tail);
            await Task.Yield();
        }

        await process.StopAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(AgentEnd.Cancelled, (await process.Completion).End);
    }

    private static AdapterBench Bench(string file, Func<IReadOnlyList<string>, Refusal?>? ask)
    {
        var bench = new AdapterBench("acp");
        bench.Preset = AgentPresets.Bare(AdapterRegistry.Find("acp")!) with { Command = [FakeAgent.Path, "acp", bench.Played, file] };
        bench.Guard = bench.Guard with { Ask = ask };
        return bench;
    }
}
