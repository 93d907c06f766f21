using Interlock.Domain.Learning;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Learning;

/// <summary>How long work takes here, from the store alone: quick enough to be learned again while a run goes on.</summary>
public sealed class Pace
{
    private readonly Dictionary<(string? AgentType, Complexity Complexity, string Module), TimeSpan> known = [];
    private readonly DurationModel durations;

    private Pace(DurationModel durations, int landed, TimeSpan? landing) => (this.durations, Landed, Landing) = (durations, landed, landing);

    /// <summary>Of a repository that has no past.</summary>
    public static Pace Unknown => new(DurationModel.Learn([]), 0, null);

    /// <summary>Tasks the durations rest on.</summary>
    public int Landed { get; }

    /// <summary>How long the checks take until a change is on the branch; null when none of them has ever been green.</summary>
    public TimeSpan? Landing { get; }

    public static Pace Read(IStoreReader reader, InterlockConfig config)
    {
        var times = PastRuns.Times(reader);
        var checks = (config.Checks?.Entries ?? []).Where(check => check.At != CheckTimes.Submit).Select(check => PastRuns.CheckTime(reader, check.Name)).ToList();
        return new Pace(
            DurationModel.Learn(times),
            times.Count,
            checks.Count == 0 ? TimeSpan.Zero : checks.Any(time => time is not null) ? checks.Aggregate(TimeSpan.Zero, (sum, time) => sum + (time ?? TimeSpan.Zero)) : null);
    }

    /// <summary>How long tasks take, read from the store with the first question; most claims have none.</summary>
    public static Func<WorkTask, TimeSpan> WhenAsked(IStoreReader reader, InterlockConfig config)
    {
        Pace? pace = null;
        return task => (pace ??= Read(reader, config)).TimeOf(task);
    }

    public DurationEstimate EstimateOf(WorkTask task) => durations.Estimate(task.AgentType, task.Complexity, task.Module);

    /// <summary>The median of the estimate. Tasks of one kind are asked for again and again, and worked out once.</summary>
    public TimeSpan TimeOf(WorkTask task)
    {
        if (task.IsWhole)
        {
            return TimeSpan.Zero;
        }

        if (!known.TryGetValue((task.AgentType, task.Complexity, task.Module), out var time))
        {
            known[(task.AgentType, task.Complexity, task.Module)] = time = EstimateOf(task).Median;
        }

        return time;
    }
}
