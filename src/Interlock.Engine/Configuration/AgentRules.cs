using Interlock.Domain.Plans;
using Interlock.Engine.Agents.Adapters;

namespace Interlock.Engine.Configuration;

/// <summary>What the values of <c>agent</c>, <c>agents</c>, <c>budget</c> and <c>prices</c> must be, besides their kind.</summary>
internal static class AgentRules
{
    private static readonly string[] ConfiguredWhole = ["shell", "acp"];

    /// <summary>Each mistake with the text in the file that it is near.</summary>
    internal static IEnumerable<(string Near, string Message)> Mistakes(InterlockConfig config)
    {
        foreach (var (name, entry) in config.Agents)
        {
            var adapter = entry?.Adapter ?? name;
            if (!Identifiers.IsValid(name))
            {
                yield return (name, $"'{name}' is no name for an agent: use {Identifiers.Grammar}");
            }
            else if (entry is null)
            {
                yield return (name, $"agents.{name} is null; it is an object");
            }
            else if (AdapterRegistry.Find(adapter) is null)
            {
                yield return (adapter, $"agents.{name}: adapter '{adapter}' is not known; there are: {AdapterRegistry.Names}");
            }
            else if (ConfiguredWhole.Contains(adapter) && entry.Command is null)
            {
                yield return (name, $"agents.{name}: adapter '{adapter}' needs a command");
            }
            else if (!ConfiguredWhole.Contains(adapter) && entry.Command is { Shell: true })
            {
                yield return (name, $"agents.{name}: the command of '{adapter}' gets arguments, so it is a list: [\"program\"]");
            }
            else
            {
                foreach (var mistake in Unknown(config, $"agents.{name}.fallback", entry.Fallback))
                {
                    yield return mistake;
                }
            }
        }

        if (config.Agent is { } agent)
        {
            foreach (var mistake in Unknown(config, "agent.adapter", [agent.Adapter]).Concat(Unknown(config, "agent.fallback", agent.Fallback)))
            {
                yield return mistake;
            }

            if (AdapterRegistry.Find(agent.Adapter) is { Profile.Programs.Count: > 0 } && agent.Command is { Shell: true })
            {
                yield return ("command", $"agent: the command of '{agent.Adapter}' gets arguments, so it is a list: [\"program\"]");
            }

            if (ConfiguredWhole.Contains(agent.Adapter) && agent.Command is null && !config.Agents.ContainsKey(agent.Adapter))
            {
                yield return ("agent", $"agent: adapter '{agent.Adapter}' needs a command");
            }
        }

        foreach (var mistake in (config.Roster ?? []).Where(entry => entry.Adapter is not null).SelectMany(entry => Unknown(config, $"roster '{entry.Type}'", [entry.Adapter!])))
        {
            yield return mistake;
        }

        foreach (var mistake in OfBudget(config).Concat(OfPrices(config)))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<(string Near, string Message)> Unknown(InterlockConfig config, string where, IReadOnlyList<string> names) => names
        .Where(name => !config.Agents.ContainsKey(name) && (AdapterRegistry.Find(name) is null || (where != "agent.adapter" && ConfiguredWhole.Contains(name))))
        .Select(name => (name, $"{where}: '{name}' is not known: it is neither an entry of agents nor an adapter that works without one; adapters are: {AdapterRegistry.Names}"));

    private static IEnumerable<(string Near, string Message)> OfBudget(InterlockConfig config)
    {
        (string Name, BudgetEntry? Entry)[] entries = [("task", config.Budget.Task), ("story", config.Budget.Story), ("agent", config.Budget.Agent), ("day", config.Budget.Day)];
        foreach (var (name, entry) in entries.Where(entry => entry.Entry is not null))
        {
            if (entry is { Usd: <= 0 } or { Tokens: <= 0 } or { Turns: <= 0 })
            {
                yield return ("budget", $"budget.{name}: what may be used is more than nothing");
            }
            else if (entry is { Usd: null, Tokens: null, Turns: null, Time: null })
            {
                yield return ("budget", $"budget.{name} says nothing: usd, tokens, turns or time");
            }
        }
    }

    private static IEnumerable<(string Near, string Message)> OfPrices(InterlockConfig config) => config.Prices
        .Where(entry => entry.Value is null or { Input: < 0 } or { Output: < 0 } or { CachedInput: < 0 } or { CacheWrite: < 0 })
        .Select(entry => (entry.Key, $"prices.{entry.Key}: a price is an object with amounts of 0 or more"));
}
