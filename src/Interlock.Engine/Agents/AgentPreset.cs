using Interlock.Domain.Liveness;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Engine.Agents;

/// <summary>A configured way to run an agent: a CLI with its model, arguments and limits.</summary>
/// <param name="Name">As the configuration calls it, such as <c>claude</c> or <c>fast</c>.</param>
/// <param name="Command">The whole command, for adapters without a program of their own; else what is called in the program's place, if anything.</param>
/// <param name="Args">Added to the CLI's own arguments.</param>
/// <param name="Environment">Variables passed on besides those of the adapter.</param>
/// <param name="ApiKeyEnv">The variable whose value the CLI gets as its key; null for the CLI's usual one.</param>
/// <param name="Fallback">Names of others to work with while this one's provider does not serve.</param>
public sealed record AgentPreset(
    string Name,
    IAgentAdapter Adapter,
    string? Model,
    IReadOnlyList<string> Command,
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Environment,
    string? ApiKeyEnv,
    IReadOnlyList<string> Fallback)
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(60);
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long it may live without anything new; <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public TimeSpan NoProgress { get; init; } = TimeSpan.FromMinutes(30);

    public AdapterProfile Profile => Adapter.Profile;

    /// <summary>What an agent is judged by that has not been interrupted yet.</summary>
    public LivenessProfile Liveness => LivenessProfile.Of(Profile.Name, Silence, NoProgress);
}
