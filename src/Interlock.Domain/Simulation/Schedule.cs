using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Simulation;

/// <summary>Who worked on what and when, counted from the start of the simulation.</summary>
/// <param name="Makespan">When the last task was on the branch.</param>
/// <param name="LowerBound">No schedule of the same work is shorter than this.</param>
/// <param name="Work">What one agent would need without ever waiting.</param>
/// <param name="Assignments">In order of their start, then of the agents.</param>
/// <param name="Idle">Every gap of every agent up to the makespan, in the same order.</param>
/// <param name="NeverStarted">Open tasks that cannot start at all: held back, or on or behind a circle of dependencies.</param>
public sealed record Schedule(
    TimeSpan Makespan,
    Bound LowerBound,
    TimeSpan Work,
    IReadOnlyList<Assigned> Assignments,
    IReadOnlyList<IdleSpan> Idle,
    IReadOnlyList<TaskId> NeverStarted)
{
    /// <summary>How many times faster than one agent; 1 when there is nothing to do.</summary>
    public double Speedup => Makespan > TimeSpan.Zero ? Work / Makespan : 1;

    /// <summary>Makespan as a multiple of the lower bound; 1 is as good as can be.</summary>
    public double Ratio => LowerBound.Value > TimeSpan.Zero ? Makespan / LowerBound.Value : 1;

    /// <summary>Most tasks at work at one moment.</summary>
    public int MostAtOnce
    {
        get
        {
            var (most, now) = (0, 0);
            foreach (var (_, step) in Assignments.SelectMany(task => new[] { (task.Start, 1), (task.End, -1) }).OrderBy(edge => edge.Item1).ThenBy(edge => edge.Item2))
            {
                now += step;
                most = Math.Max(most, now);
            }

            return most;
        }
    }

    /// <summary>Agent time lost to each cause, the largest first.</summary>
    public IReadOnlyList<(IdleCause Cause, TimeSpan Time)> IdleByCause =>
    [
        .. Idle.GroupBy(gap => gap.Cause)
            .Select(group => (group.Key, new TimeSpan(group.Sum(gap => (gap.To - gap.From).Ticks))))
            .OrderByDescending(cause => cause.Item2).ThenBy(cause => cause.Key),
    ];
}

/// <summary>A task and the agent that did it.</summary>
/// <param name="End">When the agent was free again.</param>
/// <param name="Landed">When the work was on the branch; the same as <paramref name="End"/> where landing takes no time.</param>
public sealed record Assigned(TaskId Task, AgentId Agent, TimeSpan Start, TimeSpan End, TimeSpan Landed);

/// <summary>A while in which an agent had nothing to do.</summary>
/// <param name="For">The task it could have worked on but for the cause; null when there was none.</param>
public sealed record IdleSpan(AgentId Agent, TimeSpan From, TimeSpan To, IdleCause Cause, TaskId? For);

/// <summary>What kept an agent without work.</summary>
public enum IdleCause
{
    /// <summary>Every task left waits for another to be on the branch.</summary>
    Dependencies,

    /// <summary>Another task has the files, or they are reserved for one that waited longer.</summary>
    Files,
    AgentLimit,
    ModuleLimit,
    EpicLimit,
    TypeLimit,

    /// <summary>Any rule not named here.</summary>
    Other,

    /// <summary>Every task was given out already.</summary>
    NothingLeft,
}

/// <summary>Causes by the rule that refuses a claim.</summary>
internal static class IdleCauses
{
    public static IdleCause Of(string refusal) => refusal switch
    {
        RefusalCodes.DependenciesOpen or RefusalCodes.HasParts => IdleCause.Dependencies,
        RefusalCodes.FileBusy or RefusalCodes.Reserved => IdleCause.Files,
        RefusalCodes.AgentLimit => IdleCause.AgentLimit,
        RefusalCodes.ModuleLimit => IdleCause.ModuleLimit,
        RefusalCodes.EpicLimit => IdleCause.EpicLimit,
        RefusalCodes.TypeLimit => IdleCause.TypeLimit,
        _ => IdleCause.Other,
    };
}
