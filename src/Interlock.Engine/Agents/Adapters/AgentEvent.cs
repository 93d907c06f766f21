using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>What a CLI said, in one vocabulary for all of them.</summary>
public abstract record AgentEvent
{
    private AgentEvent()
    {
    }

    /// <param name="Session">Id under which the CLI can go on with this conversation.</param>
    public sealed record Started(string? Session, string? Model) : AgentEvent;

    public sealed record Text(string Content) : AgentEvent;

    /// <param name="Paths">Files the tool names, as the CLI wrote them.</param>
    public sealed record ToolStarted(string Call, string Name, IReadOnlyList<string> Paths) : AgentEvent;

    public sealed record ToolFinished(string Call, string Name, IReadOnlyList<string> Paths, bool Failed) : AgentEvent;

    public sealed record FileEdited(string Path) : AgentEvent;

    public sealed record Used(UsageReport Report) : AgentEvent;

    public sealed record RateLimited(ProviderLimit Limit) : AgentEvent;

    public sealed record Error(string Message) : AgentEvent;

    /// <summary>The CLI's last word on its turn; nothing of worth comes after it.</summary>
    public sealed record Result(bool Ok, string Words) : AgentEvent;
}

/// <summary>Turns one process's output into events. Not shared between processes, and called by one thread at a time.</summary>
public interface IAgentReader
{
    /// <summary>Called once the process runs. <paramref name="send"/> writes one line to its standard input, for CLIs one talks with.</summary>
    IEnumerable<AgentEvent> Open(Action<string> send) => [];

    /// <summary>One line of standard output.</summary>
    IEnumerable<AgentEvent> Read(string line);

    /// <summary>The beginning of a line that was too long to be kept.</summary>
    IEnumerable<AgentEvent> ReadCut(string head) => [];

    /// <summary>What only the end tells, such as a file with the usage.</summary>
    IEnumerable<AgentEvent> Close(int? exitCode) => [];

    /// <summary>A line that asks the agent to break off its turn; null when only a signal does.</summary>
    string? Interrupt => null;
}
