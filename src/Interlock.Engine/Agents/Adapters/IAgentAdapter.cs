using Interlock.Engine.Agents;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>Knows how one agent's command line wants to be set up, called, read and gone on with.</summary>
public interface IAgentAdapter
{
    AdapterProfile Profile { get; }

    /// <summary>
    /// Writes what the CLI reads besides its command line: configuration, the servers and hooks it is guarded with. Everything goes into
    /// the home, which belongs to this attempt alone; a file that the CLI reads from the worktree only is written by way of the home too.
    /// </summary>
    void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard);

    AgentCommand Command(AgentHome home, AgentLaunch launch);

    /// <summary>For one process.</summary>
    IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard);
}

/// <summary>How a CLI is given its prompt.</summary>
public enum PromptDelivery
{
    StandardInput,
    Argument,

    /// <summary>By the protocol spoken over standard input and output.</summary>
    Protocol,
}

/// <summary>What a CLI is and can do.</summary>
/// <param name="Provider">Whose limits it runs into; CLIs of one provider share a breaker.</param>
/// <param name="Programs">Names of its program, the preferred one first; none for what a person configures whole.</param>
/// <param name="Remedy">What to do when it is not there.</param>
public sealed record AdapterProfile(string Name, string Provider, IReadOnlyList<string> Programs, string Remedy)
{
    public PromptDelivery Delivery { get; init; } = PromptDelivery.StandardInput;

    /// <summary>It asks a hook before it edits.</summary>
    public bool Hooks { get; init; }

    /// <summary>It talks to MCP servers it is told of.</summary>
    public bool Mcp { get; init; }

    /// <summary>It can go on with an earlier session.</summary>
    public bool Resume { get; init; }

    /// <summary>Its sessions belong to the directory they were begun in.</summary>
    public bool ResumesInPlaceOnly { get; init; }

    /// <summary>It says how many tokens it used.</summary>
    public bool Usage { get; init; }

    /// <summary>It says what that cost.</summary>
    public bool Cost { get; init; }

    /// <summary>It brings a sandbox of its own.</summary>
    public bool Sandbox { get; init; }

    /// <summary>It ends a good turn with a result; without one, exit code 0 means nothing.</summary>
    public bool Result { get; init; }

    /// <summary>Asked to stop by SIGINT, it still says what it used; others are sent SIGTERM.</summary>
    public bool StopsOnInterrupt { get; init; }

    /// <summary>Variables that carry its credentials and its provider's address; they are passed to it and to no other CLI. The first is the key.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}

/// <summary>The session an attempt works in.</summary>
/// <param name="Id">New, or that of the session gone on with.</param>
/// <param name="From">The directory an earlier attempt worked in; null when the session is new.</param>
public sealed record AgentSession(string Id, string? From)
{
    public bool IsResumed => From is not null;
}

/// <summary>Everything an adapter may need to start an agent on a task.</summary>
/// <param name="Program">Absolute path of the CLI; empty for one that is configured whole.</param>
public sealed record AgentLaunch(AgentTask Task, AgentPreset Preset, string Program, AgentSession Session)
{
    /// <summary>The run puts its sandbox around the CLI.</summary>
    public bool Confined { get; init; }
}
