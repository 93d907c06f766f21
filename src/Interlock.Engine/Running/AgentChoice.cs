using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents;

namespace Interlock.Engine.Running;

/// <summary>What one agent is started as.</summary>
/// <param name="Program">Absolute path; empty for a command that is configured whole.</param>
internal sealed record AgentPick(AgentPreset Preset, string Program)
{
    /// <summary>What the limit of a provider counts by: a command of one's own, which has none, by its adapter.</summary>
    public string Provider => Preset.Profile.Provider == Providers.None ? Preset.Profile.Name : Preset.Profile.Provider;
}

/// <summary>Which of the configured CLIs an agent of a type is started as now: the first that is here and whose provider serves.</summary>
internal sealed class AgentChoice(Workspace workspace, Func<AgentPresets> presets, Func<IEnumerable<string>> providersAtWork)
{
    private readonly Dictionary<AgentPreset, string?> programs = [];

    public (AgentPick? Pick, Refusal? Refusal) For(string type)
    {
        var breakers = workspace.Store.Read(reader => reader.Breakers()).ToDictionary(breaker => breaker.Id);
        var atWork = providersAtWork().ToList();
        var chain = presets().ChainFor(type);
        var (chosen, refusal) = CandidateRules.Choose(
            [.. chain.Select(preset => new Candidate(preset.Name, preset.Profile.Provider, ProgramOf(preset) is null ? $"{preset.Name} is not installed: {preset.Profile.Remedy}" : null))],
            breakers.GetValueOrDefault, provider => atWork.Count(other => other == provider), workspace.Protocol.Clock.Now);
        if (chosen is null)
        {
            return (null, refusal);
        }

        var pick = chain.First(preset => preset.Name == chosen.Name);
        return (new AgentPick(pick, ProgramOf(pick)!), null);
    }

    /// <summary>Splits idle agents into those that can be started and, by type, why the others cannot.</summary>
    public (IReadOnlyList<Worker> Usable, IReadOnlyDictionary<string, Refusal> Refused) Split(IReadOnlyList<Worker> idle)
    {
        var refused = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        var providers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var type in idle.Select(worker => worker.Type).Distinct())
        {
            var (pick, refusal) = For(type);
            if (pick is null)
            {
                refused[type] = refusal!;
            }
            else
            {
                providers[type] = pick.Provider;
            }
        }

        return ([.. idle.Where(worker => providers.ContainsKey(worker.Type)).Select(worker => worker with { Provider = providers[worker.Type] })], refused);
    }

    private string? ProgramOf(AgentPreset preset)
    {
        if (!programs.TryGetValue(preset, out var program))
        {
            program = Installed.ProgramOf(preset);
            programs[preset] = program;
        }

        return program;
    }
}
