using Interlock.Domain.Leasing;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>What an agent is guarded with and can ask: each adapter writes it down in the form its CLI reads.</summary>
/// <param name="Hook">Asked before each edit; null for none.</param>
/// <param name="Server">The coordinator as an MCP server; null for none.</param>
public sealed record AgentGuard(GuardHook? Hook, GuardServer? Server)
{
    public static AgentGuard None { get; } = new(null, null);

    /// <summary>
    /// Answers a CLI that asks us directly whether it may change these files, named as it named them: null for yes, else why not.
    /// Without it every question is answered no.
    /// </summary>
    public Func<IReadOnlyList<string>, Refusal?>? Ask { get; init; }
}

/// <summary>A program that answers a CLI's hook. The word for the CLI that asks is its last argument.</summary>
public sealed record GuardHook(IReadOnlyList<string> Command, TimeSpan Timeout);

/// <summary>An MCP server the CLI starts, with what it is told by its environment.</summary>
public sealed record GuardServer(string Name, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment);
