using Interlock.Domain.Learning;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Verification;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Learning;

/// <summary>What the store remembers of earlier runs: how long tasks and checks took. Nothing of it is stored a second time.</summary>
internal static class PastRuns
{
    // Failed attempts beyond these are too old to matter.
    private const int MostFailures = 5000;

    private const int RunsOfACheck = 20;

    private static readonly string[] Failures = ["task.failed", "task.dead"];

    /// <summary>
    /// Every task whose work a run landed. Windows are left out: a lease of theirs lasts over lunch and over night, and says nothing of work.
    /// </summary>
    public static IReadOnlyList<TaskTime> Times(IStoreReader reader)
    {
        var leases = reader.Leases().Where(lease => lease is { Task: not null, Supervisor: not null }).ToDictionary(lease => lease.Fence);
        var ends = Failures.SelectMany(kind => reader.LatestEvents(MostFailures, new EventFilter(Kind: kind)))
            .Where(entry => entry.Fence is not null)
            .GroupBy(entry => entry.Fence!.Value)
            .ToDictionary(same => same.Key, same => same.Min(entry => entry.At));
        var landings = reader.Landings().Where(landing => landing.Kind == LandingKind.Work).ToList();
        foreach (var landing in landings)
        {
            // What came back is over for the agent when it was handed in, not when the queue said no.
            ends[landing.Fence] = landing.SubmittedAt;
        }

        var took = leases.Values.Where(lease => ends.ContainsKey(lease.Fence)).ToLookup(lease => lease.Task!.Value, lease => ends[lease.Fence] - lease.AcquiredAt);
        return
        [
            .. from landing in landings
               where landing.State == LandingState.Landed && leases.ContainsKey(landing.Fence)
               group landing by landing.Task into same
               let last = same.MaxBy(landing => landing.Fence)!
               where reader.FindTask(same.Key) is not null
               let task = reader.FindTask(same.Key)!
               let lease = leases[last.Fence]
               select new TaskTime(task.Id, lease.AgentType, task.Complexity, task.Module, took[task.Id].Aggregate(TimeSpan.Zero, (sum, time) => sum + time)),
        ];
    }

    /// <summary>Median of the latest green runs of a check; null when it never was green.</summary>
    public static TimeSpan? CheckTime(IStoreReader reader, string check)
    {
        var times = reader.LatestRuns(check, RunsOfACheck).Where(run => run.Result != CheckResult.Failed).Select(run => run.Took).Order().ToList();
        return times.Count == 0 ? null : times[times.Count / 2];
    }

    /// <summary>Landed tasks whose commit is among these, with what they were to change and did change.</summary>
    /// <param name="ticked">Files that landing itself marks.</param>
    public static IReadOnlyList<LandedFiles> Files(IReadOnlyList<WorkTask> tasks, IReadOnlyDictionary<string, IReadOnlyList<string>> commits, IReadOnlySet<string> ticked) =>
    [
        .. from task in tasks
           where task is { State: TaskState.Merged, CompletedHow: "landed", Commit: not null }
           let changed = commits.GetValueOrDefault(task.Commit!)
           where changed is not null
           select new LandedFiles(task.Id, task.Module, task.Files, [.. changed.Where(path => !ticked.Contains(path))]),
    ];
}
