using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Health;

/// <summary>One consistent reading of everything the invariants speak about.</summary>
/// <param name="Leases">Every lease there ever was.</param>
/// <param name="Landings">Every landing there ever was.</param>
/// <param name="NextFence">The fence the next claim gets at the least.</param>
public sealed record StateView(
    IReadOnlyList<WorkTask> Tasks, IReadOnlyList<Lease> Leases, IReadOnlyList<Landing> Landings, Limits Limits, long NextFence, bool IgnoreCase = false);

/// <summary>
/// What must hold at every commit of the store (S1 to S3, S5 as far as the rows tell). The transactions enforce it; this looks
/// again, knowing nothing of how it came about.
/// </summary>
public static class Invariants
{
    public static IReadOnlyList<Finding> Check(StateView state) =>
    [
        .. OneLeaseEach(state), .. Fences(state), .. Files(state), .. WithinLimits(state), .. TasksAndLeases(state), .. TasksAndLandings(state),
    ];

    private static IEnumerable<Finding> OneLeaseEach(StateView state) => Live(state)
        .Where(lease => lease.Task is not null)
        .GroupBy(lease => lease.Task!.Value)
        .Where(group => group.Count() > 1)
        .Select(group => FindingKinds.TwoLeases.At($"task {group.Key} is held by {Names(group)}"));

    private static IEnumerable<Finding> Fences(StateView state)
    {
        var used = state.Leases.Select(lease => lease.Fence).Concat(state.Landings.Select(landing => landing.Fence)).DefaultIfEmpty(0).Max();
        if (state.NextFence <= used)
        {
            yield return FindingKinds.FenceOrder.At(string.Create(CultureInfo.InvariantCulture, $"the next claim would get fence {state.NextFence}, but {used} was given out already"));
        }

        foreach (var group in state.Leases.GroupBy(lease => lease.Fence).Where(group => group.Count() > 1))
        {
            yield return FindingKinds.FenceOrder.At(string.Create(CultureInfo.InvariantCulture, $"fence {group.Key} was given out {group.Count()} times"));
        }
    }

    private static IEnumerable<Finding> Files(StateView state)
    {
        var live = Live(state).Where(lease => lease.Files.Count > 0).Select(lease => (Lease: lease, Files: FileSet.Parse(lease.Files))).ToList();
        for (var i = 0; i < live.Count; i++)
        {
            for (var j = i + 1; j < live.Count; j++)
            {
                // A hot file may be changed by two tasks; a person's hold counts for it all the same.
                var held = live[i].Lease.Kind == LeaseKind.Hold || live[j].Lease.Kind == LeaseKind.Hold;
                var hot = held ? FileSet.Empty : state.Limits.Hot;
                if (live[i].Files.Without(hot, state.IgnoreCase).FirstConflict(live[j].Files.Without(hot, state.IgnoreCase), state.IgnoreCase) is { } conflict)
                {
                    yield return FindingKinds.FilesOverlap.At($"{conflict.Theirs} is leased by {Name(live[i].Lease)} and by {Name(live[j].Lease)}");
                }
            }
        }
    }

    private static IEnumerable<Finding> WithinLimits(StateView state)
    {
        var running = Live(state).Where(lease => lease is { Kind: LeaseKind.Task, InReview: false }).ToList();
        return Over("agents", state.Limits.Agents, running)
            .Concat(running.GroupBy(lease => lease.Module).Where(group => group.Key is not null).SelectMany(group => Over($"agents in module '{group.Key}'", state.Limits.PerModule, group)))
            .Concat(running.GroupBy(lease => lease.Epic).Where(group => group.Key is not null).SelectMany(group => Over($"agents in epic '{group.Key}'", state.Limits.PerEpic, group)))
            .Concat(running.GroupBy(lease => lease.AgentType).Where(group => group.Key is not null)
                .SelectMany(group => Over($"agents of type {group.Key}", state.Limits.PerType.GetValueOrDefault(group.Key!, int.MaxValue), group)))
            .Concat(running.GroupBy(lease => lease.Provider).Where(group => group.Key is not null)
                .SelectMany(group => Over($"agents of provider {group.Key}", state.Limits.PerProvider.GetValueOrDefault(group.Key!, int.MaxValue), group)));
    }

    private static IEnumerable<Finding> Over(string what, int most, IEnumerable<Lease> leases)
    {
        var now = leases.Count();
        return now > most ? [FindingKinds.LimitExceeded.At(string.Create(CultureInfo.InvariantCulture, $"{now} {what} are at work, and the limit is {most}"))] : [];
    }

    private static IEnumerable<Finding> TasksAndLeases(StateView state)
    {
        var working = Live(state).Where(lease => lease is { Kind: LeaseKind.Task, Task: not null }).ToLookup(lease => lease.Task!.Value);
        foreach (var task in state.Tasks.Where(task => task.State == TaskState.Running && !working[task.Id].Any(lease => !lease.InReview)))
        {
            yield return FindingKinds.TaskWithoutLease.At($"task {task.Id} is in progress");
        }

        var states = state.Tasks.ToDictionary(task => task.Id, task => task.State);
        foreach (var lease in working.SelectMany(group => group))
        {
            TaskState? now = states.TryGetValue(lease.Task!.Value, out var known) ? known : null;
            if (lease.InReview ? now is not (TaskState.Submitted or TaskState.Merging) : now != TaskState.Running)
            {
                yield return FindingKinds.LeaseWithoutTask.At($"{Name(lease)} holds task {lease.Task}, which is {(now is { } word ? StatusWords.Of(word) : "not there")}");
            }
        }
    }

    private static IEnumerable<Finding> TasksAndLandings(StateView state)
    {
        var open = state.Landings.Where(landing => landing.State is LandingState.Submitted or LandingState.Merging).ToLookup(landing => landing.Task);
        foreach (var task in state.Tasks)
        {
            var wanted = task.State switch { TaskState.Submitted => LandingState.Submitted, TaskState.Merging => LandingState.Merging, _ => (LandingState?)null };
            var found = open[task.Id].Select(landing => (LandingState?)landing.State).ToList();
            if (found.Count > 1 || found.SingleOrDefault() != wanted)
            {
                yield return FindingKinds.LandingWithoutTask.At($"task {task.Id} is {StatusWords.Of(task.State)}, and the merge queue has {Counted.Of(found.Count, "entry", "entries")} of it");
            }
        }

        foreach (var landing in open.SelectMany(group => group).Where(landing => state.Tasks.All(task => task.Id != landing.Task)))
        {
            yield return FindingKinds.LandingWithoutTask.At($"the merge queue has an entry of task {landing.Task}, which is not there");
        }
    }

    private static IEnumerable<Lease> Live(StateView state) => state.Leases.Where(lease => lease.Live);

    private static string Names(IEnumerable<Lease> leases) => string.Join(" and ", leases.Select(Name));

    private static string Name(Lease lease) => string.Create(CultureInfo.InvariantCulture, $"{lease.Agent} (fence {lease.Fence})");
}
