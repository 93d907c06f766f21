using System.Globalization;
using System.Text.Json;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;
using Interlock.Engine.Verification;

namespace Interlock.Engine.Running;

/// <summary>
/// Takes changes of the configuration into a run that is at work: limits, roster and lease at the next tick, agent and checks too once
/// a person has trusted the file. A file that cannot be used changes nothing and is told once.
/// </summary>
internal sealed class LiveConfig(RunContext context, Verifier verifier)
{
    private const string Kept = "the run goes on with what it had";

    private string? seen = context.Workspace.Config.Hash;
    private ConfigFile? untrusted;

    private Workspace Workspace => context.Workspace;

    /// <summary>Called at each tick: reads the file, and returns at once unless it changed.</summary>
    public void Tick()
    {
        var hash = ConfigFile.HashOf(Workspace.Root);
        if (hash == seen)
        {
            if (untrusted is { } waiting && IsTrusted(waiting))
            {
                TakeCommands(waiting);
            }

            return;
        }

        seen = hash;
        if (hash is null)
        {
            Tell("WARNING", $"{InterlockConfig.FileName} is gone; {Kept}");
            return;
        }

        try
        {
            Take(ConfigFile.Read(Workspace.Root));
        }
        catch (BadInputException error)
        {
            Tell("WARNING", $"{error.Message}; {Kept}");
        }
    }

    private void Take(ConfigFile next)
    {
        var (was, now) = (Workspace.Config.Config, next.Config);
        var changed = Changes(was, now);
        Workspace.Use(Workspace.Config with { Config = was with { Limits = now.Limits, Roster = now.Roster, Lease = now.Lease } });
        if (changed.Count > 0)
        {
            Tell("config", string.Join("; ", changed));
            Workspace.Protocol.Note("config.changed", string.Join("; ", changed));
        }

        untrusted = null;
        if (Same(Workspace.Config.Config, now))
        {
            return;
        }

        if (IsTrusted(next))
        {
            TakeCommands(next);
            return;
        }

        untrusted = next;
        Tell("WARNING", $"{InterlockConfig.FileName} names other commands or settings that nobody has trusted yet; {Kept}: interlock trust");
    }

    private void TakeCommands(ConfigFile next)
    {
        untrusted = null;
        var (was, now) = (Workspace.Config.Config, next.Config);
        var taken = new List<string>();
        if (!context.Options.AgentTyped && Text(was with { Agent = now.Agent, Agents = now.Agents }) != Text(was) && AgentPresets.Configured(now) is { } presets)
        {
            context.Options = context.Options with { Presets = presets };
            was = was with { Agent = now.Agent, Agents = now.Agents };
            taken.Add("agent");
        }

        if (!context.Options.ChecksTyped && now.Checks is { } checks && Text(was with { Checks = checks }) != Text(was))
        {
            var asked = checks.Entries.Select(RunSettings.CheckOf).ToList();
            verifier.Use(asked);
            context.Options = context.Options with { Checks = asked };
            was = was with { Checks = checks };
            taken.Add("checks");
        }

        Workspace.Use(Workspace.Config with { Config = was });
        var told = new List<string>();
        if (taken.Count > 0)
        {
            told.Add($"{string.Join(" and ", taken)} as trusted");
        }

        if (!Same(was, now))
        {
            told.Add("what else changed counts for the next run");
        }

        Tell("config", string.Join("; ", told));
        Workspace.Protocol.Note("config.changed", string.Join("; ", told));
    }

    private static List<string> Changes(InterlockConfig was, InterlockConfig now)
    {
        var changes = new List<string>();
        Note("limits.agents", was.Limits.Agents, now.Limits.Agents);
        Note("limits.per_module", was.Limits.PerModule, now.Limits.PerModule);
        Note("limits.per_epic", was.Limits.PerEpic, now.Limits.PerEpic);
        Note("limits.attempts", was.Limits.Attempts, now.Limits.Attempts);
        Note("limits.builds", Shown(was.Limits.Builds), Shown(now.Limits.Builds));
        Note("limits.per_type", Listed(was.Limits.PerType), Listed(now.Limits.PerType));
        Note("limits.per_provider", Listed(was.Limits.PerProvider), Listed(now.Limits.PerProvider));
        Note("lease.duration", was.Lease.Duration, now.Lease.Duration);
        if (Text(was with { Roster = now.Roster }) != Text(was))
        {
            changes.Add("the roster changed");
        }

        return changes;

        void Note<T>(string name, T before, T after)
        {
            if (!Equals(before, after))
            {
                changes.Add($"{name} is {after} now, was {before}");
            }
        }
    }

    private static string Shown(int? limit) => limit is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}") : "none";

    private static string Listed(IReadOnlyDictionary<string, int> limits) =>
        limits.Count == 0 ? "none" : string.Join(", ", limits.OrderBy(limit => limit.Key, StringComparer.Ordinal).Select(limit => $"{limit.Key} {limit.Value}"));

    // Records compare their lists by reference; what is written is what was said.
    private static bool Same(InterlockConfig left, InterlockConfig right) => Text(left) == Text(right);

    private static string Text(InterlockConfig config) => JsonSerializer.Serialize(config, ConfigJson.Default.InterlockConfig);

    private bool IsTrusted(ConfigFile file) => file.Hash is { } hash && Trust.ForUser().IsTrusted(Workspace.Root, hash);

    private void Tell(string kind, string text) => context.Tell(new RunNews(Workspace.Protocol.Clock.Now, kind, null, null, text));
}
