using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Agents;

/// <summary>Which way to run an agent each type of the roster has, and what it falls back to.</summary>
public sealed class AgentPresets
{
    private readonly InterlockConfig config;
    private readonly AgentPreset standard;
    private readonly bool forEveryone;

    private AgentPresets(InterlockConfig config, AgentPreset standard, bool forEveryone)
    {
        (this.config, this.standard, this.forEveryone) = (config, standard, forEveryone);
    }

    /// <summary>As configured; null when neither <c>agent</c> nor the roster says what an agent is.</summary>
    public static AgentPresets? Configured(InterlockConfig config) => config switch
    {
        { Agent: { } agent } => new AgentPresets(config, OfSection(config, agent), forEveryone: false),
        { Roster: { Count: > 0 } roster } when roster.All(entry => entry.Adapter is not null) => new AgentPresets(config, Named(config, roster[0].Adapter!)!, forEveryone: false),
        _ => null,
    };

    /// <summary>One way for everyone, named on the command line; null when there is none of that name.</summary>
    public static AgentPresets? Typed(InterlockConfig config, string name) =>
        Named(config, name) is { } preset ? new AgentPresets(config, preset, forEveryone: true) : null;

    /// <summary>One command for everyone, typed whole.</summary>
    public static AgentPresets TypedCommand(InterlockConfig config, string line) => new(
        config, WithLimits(config, Bare(AdapterRegistry.Find("shell")!) with { Command = ShellCommand.Of(line) }), forEveryone: true);

    /// <summary>What an agent of a type works with, the preferred one first, each once.</summary>
    public IReadOnlyList<AgentPreset> ChainFor(string type)
    {
        var own = forEveryone ? null : config.Roster?.FirstOrDefault(entry => entry.Type == type)?.Adapter;
        var first = own is null ? standard : Named(config, own)!;
        return [first, .. first.Fallback.Where(name => name != first.Name).Distinct().Select(name => Named(config, name)!)];
    }

    /// <summary>An entry of <c>agents</c>, or an adapter that works without one.</summary>
    public static AgentPreset? Named(InterlockConfig config, string name)
    {
        if (config.Agents.TryGetValue(name, out var entry))
        {
            return WithLimits(config, new AgentPreset(
                name, AdapterRegistry.Find(entry.Adapter ?? name)!, entry.Model, entry.Command?.ToArguments() ?? [], entry.Args, entry.Environment, entry.ApiKeyEnv, entry.Fallback));
        }

        return AdapterRegistry.Find(name) is { Profile.Programs.Count: > 0 } adapter ? WithLimits(config, Bare(adapter)) : null;
    }

    /// <summary>An adapter as it is without any configuration.</summary>
    public static AgentPreset Bare(IAgentAdapter adapter) => new(adapter.Profile.Name, adapter, null, [], [], [], null, []);

    // What the section says besides the name counts before what the entry of that name says.
    private static AgentPreset OfSection(InterlockConfig config, AgentSection agent)
    {
        var named = Named(config, agent.Adapter) ?? Bare(AdapterRegistry.Find(agent.Adapter)!);
        return WithLimits(config, named with
        {
            Model = agent.Model ?? named.Model,
            Command = agent.Command?.ToArguments() ?? named.Command,
            Args = agent.Args.Count > 0 ? agent.Args : named.Args,
            Environment = agent.Environment.Count > 0 ? agent.Environment : named.Environment,
            ApiKeyEnv = agent.ApiKeyEnv ?? named.ApiKeyEnv,
            Fallback = agent.Fallback.Count > 0 ? agent.Fallback : named.Fallback,
        });
    }

    private static AgentPreset WithLimits(InterlockConfig config, AgentPreset preset) =>
        config.Agent is { } agent ? preset with { Timeout = agent.Timeout, Silence = agent.Silence } : preset;
}
