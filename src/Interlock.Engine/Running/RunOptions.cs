using Interlock.Domain.Liveness;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Domain.Verification;
using Interlock.Engine.Agents;
using Interlock.Engine.Verification;

namespace Interlock.Engine.Running;

/// <summary>What one automated run does.</summary>
/// <param name="Agents">Most agents at once, the limits of the configuration apart; null for those alone.</param>
/// <param name="Presets">What each type of agent is started as.</param>
/// <param name="Checks">Empty only when the configuration says "none" in writing.</param>
public sealed record RunOptions(StoryId Story, int? Agents, AgentPresets Presets, IReadOnlyList<Check> Checks, bool AllowDirty)
{
    /// <summary>Null when no branch is to follow.</summary>
    public IntoOptions? Into { get; init; }

    /// <summary>True when the agent was typed, so that what the configuration says of it does not count.</summary>
    public bool AgentTyped { get; init; }

    /// <summary>True when the checks were typed.</summary>
    public bool ChecksTyped { get; init; }

    /// <summary>How long tasks take, where a person said it; it counts instead of what was learned.</summary>
    public IReadOnlyDictionary<TaskId, TimeSpan> Durations { get; init; } = new Dictionary<TaskId, TimeSpan>();

    /// <summary>Most agents at once under these limits.</summary>
    public int AgentsUnder(Limits limits) => Math.Max(1, Math.Min(Agents ?? limits.Agents, limits.Agents));
}

/// <summary>Something a person watching the run is told.</summary>
public sealed record RunNews(DateTimeOffset At, string Kind, TaskId? Task, AgentId? Agent, string Text);

/// <summary>How a run ended.</summary>
/// <param name="Busy">Time of all agent attempts added up.</param>
/// <param name="CriticalPath">Longest chain of dependent tasks, by the time each took from claim to landing in this run.</param>
public sealed record RunReport(
    StoryId Story,
    string Branch,
    IReadOnlyList<TaskOutcome> Landed,
    IReadOnlyList<TaskOutcome> NeedPerson,
    IReadOnlyList<TaskOutcome> Open,
    int AlreadyDone,
    int Total,
    int Attempts,
    TimeSpan Wall,
    TimeSpan Busy,
    TimeSpan CriticalPath,
    IReadOnlyList<TaskId> CriticalTasks,
    bool Cancelled)
{
    /// <summary>How long it was expected to take when it began; null when nobody could say.</summary>
    public TimeSpan? Predicted { get; init; }

    /// <summary>Checks that were flaky in their last runs, the least reliable first.</summary>
    public IReadOnlyList<Flakiness> FlakyChecks { get; init; } = [];

    /// <summary>How often each step was taken with agents that nothing came of.</summary>
    public IReadOnlyDictionary<Rung, int> Steps { get; init; } = new Dictionary<Rung, int>();

    /// <summary>What the attempts of this run used.</summary>
    public IReadOnlyList<AttemptUsage> Usages { get; init; } = [];

    /// <summary><c>bwrap</c> or <c>none</c>.</summary>
    public string Sandbox { get; init; } = "";

    /// <summary>Null when no branch was to follow.</summary>
    public IntoReport? Into { get; init; }

    public bool Complete => NeedPerson.Count == 0 && Open.Count == 0;

    /// <summary>Agents at work on average.</summary>
    public double Parallelism => Wall > TimeSpan.Zero ? Busy / Wall : 0;
}

/// <param name="Detail">The landed commit, or why it did not land.</param>
public sealed record TaskOutcome(TaskId Task, string Title, string Detail, string? Log);
