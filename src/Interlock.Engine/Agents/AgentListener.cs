using Interlock.Domain.Spending;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Engine.Agents;

/// <summary>What one process said, kept to what counts.</summary>
/// <param name="Result">Null when it never said that its turn was over.</param>
/// <param name="Limit">The provider's last refusal; null when it served.</param>
/// <param name="Error">The last fault it told of.</param>
public sealed record AgentHeard(string? Session, AgentEvent.Result? Result, ProviderLimit? Limit, string? Error, UsageTally Tally)
{
    public static AgentHeard Nothing { get; } = new(null, null, null, null, UsageTally.Empty);
}

/// <summary>Listens to one agent: cuts its output into lines, has them read, and knows when it is done. Memory is bounded whatever it prints.</summary>
public sealed class AgentListener
{
    private readonly IAgentReader stream;
    private readonly Action<AgentEvent> tell;
    private readonly LineSplitter lines;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AgentHeard heard = AgentHeard.Nothing;

    /// <param name="tell">Gets each event as it comes, on the thread that reads the output: it must be quick.</param>
    public AgentListener(IAgentReader stream, Action<AgentEvent> tell)
    {
        (this.stream, this.tell) = (stream, tell);
        lines = new LineSplitter(line => Note(stream.Read(line)), head => Note(stream.ReadCut(head)));
    }

    /// <summary>Ends when the agent has said its last word.</summary>
    public Task Ended => ended.Task;

    public AgentHeard Heard
    {
        get
        {
            lock (gate)
            {
                return heard;
            }
        }
    }

    /// <summary>A line that makes the agent break off its turn; null when only a signal does.</summary>
    public string? Interrupt => stream.Interrupt;

    internal void Open(Action<string> send)
    {
        lock (gate)
        {
            Note(stream.Open(send));
        }
    }

    internal void Take(ReadOnlySpan<byte> chunk)
    {
        lock (gate)
        {
            lines.Take(chunk);
        }
    }

    internal AgentHeard Close(int? exitCode)
    {
        lock (gate)
        {
            lines.Finish();
            Note(stream.Close(exitCode));
            return heard;
        }
    }

    private void Note(IEnumerable<AgentEvent> events)
    {
        foreach (var entry in events)
        {
            heard = entry switch
            {
                AgentEvent.Started started => heard with { Session = started.Session ?? heard.Session },
                AgentEvent.Used used => heard with { Tally = heard.Tally.With(used.Report) },
                AgentEvent.RateLimited limited => heard with { Limit = limited.Limit },
                AgentEvent.Error error => heard with { Error = error.Message },

                // A refusal that was got over by waiting is none.
                AgentEvent.Result result => heard with { Result = result, Limit = result.Ok ? null : heard.Limit },
                _ => heard,
            };
            tell(entry);
            if (entry is AgentEvent.Result)
            {
                ended.TrySetResult();
            }
        }
    }
}
