using Interlock.Domain.Graph;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// Chooses which open tasks start now and on which idle agents. Work-conserving: no agent stays idle while
/// <see cref="ClaimRules"/> would grant it a task. Order: priority, longest remaining path, age, plan order.
/// </summary>
public static class Scheduler
{
    /// <param name="scope">Tasks the run may start; others in the snapshot only take part in limits and files.</param>
    /// <param name="idle">Agents without work, in roster order.</param>
    /// <param name="slots">How many more may start; may be fewer than there are idle agents.</param>
    /// <param name="effort">How long a task is expected to take; <see cref="Effort.Prior"/> when nothing is known.</param>
    public static IReadOnlyList<Decision> Decide(
        Snapshot snapshot, IReadOnlySet<TaskId> scope, IReadOnlyList<Worker> idle, int slots, bool ignoreCase = false,
        Func<WorkTask, TimeSpan>? effort = null)
    {
        effort ??= Effort.Prior;
        var graph = TaskGraph.Build(snapshot.Tasks.Select(task => new TaskNode(task.Id, task.Dependencies)));
        var remaining = graph.RemainingPath(id => snapshot.Find(id) is { IsFinished: false, IsWhole: false } task ? effort(task).TotalSeconds : 0);
        var waiting = snapshot.Tasks.Where(task => task.WaitingSince is not null).ToList();
        var live = snapshot.Leases.ToList();
        var free = idle.ToList();
        var decisions = new List<Decision>();

        var order = snapshot.Tasks
            .Where(task => scope.Contains(task.Id) && task.IsOpen)
            .OrderBy(task => task.Priority)
            .ThenByDescending(task => remaining.GetValueOrDefault(task.Id))
            .ThenBy(task => task.WaitingSince is null ? long.MaxValue : task.WaitingFrom ?? 0)
            .ThenBy(task => task.Order)
            .ThenBy(task => task.Id);

        foreach (var task in order)
        {
            var (worker, refusal) = Match(task, slots > 0 ? free : [], type => ClaimRules.Check(FactsOf(snapshot, task, live, waiting, type, ignoreCase)));
            if (refusal is not null)
            {
                decisions.Add(new Decision.Wait(task.Id, refusal));
            }
            else if (worker is null)
            {
                decisions.Add(new Decision.Wait(task.Id, AllBusy(live)));
            }
            else
            {
                decisions.Add(new Decision.Claim(task.Id, worker.Id, worker.Type));
                free.Remove(worker);
                slots--;
                live.Add(LeaseFor(task, worker, snapshot.Clock));
            }
        }

        return decisions;
    }

    /// <summary>The facts <see cref="ClaimRules"/> needs about one task of the snapshot.</summary>
    public static ClaimFacts FactsOf(
        Snapshot snapshot, WorkTask task, IReadOnlyList<Lease> live, IReadOnlyList<WorkTask> waiting, string? agentType, bool ignoreCase) => new(
            task,
            snapshot.Find,
            live,
            waiting,
            snapshot.Limits,
            snapshot.Clock,
            FileSet.Parse(task.Files),
            agentType,
            ignoreCase);

    // The limit of one type must not keep an agent of another idle.
    private static (Worker? Worker, Refusal? Refusal) Match(WorkTask task, IReadOnlyList<Worker> free, Func<string?, Refusal?> check)
    {
        var left = free.ToList();
        var worker = Pick(task, left);
        var first = check(worker?.Type ?? task.AgentType);
        for (var refusal = first; refusal is not null && worker is not null; refusal = check(worker.Type))
        {
            left.RemoveAll(other => other.Type == worker.Type);
            worker = refusal.Code == RefusalCodes.TypeLimit ? Pick(task, left) : null;
            if (worker is null)
            {
                return (null, first);
            }
        }

        return (worker, worker is null ? first : null);
    }

    // Assignment is an affinity, not a cage: its own agent, then one of its type, then anyone idle. Even the agent to
    // avoid is better than an idle slot.
    private static Worker? Pick(WorkTask task, List<Worker> free) =>
        free.Find(worker => worker.Id == task.AssignedAgent && worker.Id != task.AvoidAgent)
        ?? free.Find(worker => worker.Type == task.AgentType && worker.Id != task.AvoidAgent)
        ?? free.Find(worker => worker.Id != task.AvoidAgent)
        ?? (free.Count > 0 ? free[0] : null);

    private static Refusal AllBusy(List<Lease> live) => new(
        RefusalCodes.AgentLimit, "every agent of this run is busy", "It starts when one of them ends")
    {
        Holder = live.Count > 0 ? live[0].Agent : null,
        HolderTask = live.Count > 0 ? live[0].Task : null,
    };

    /// <summary>The lease a claim would be granted, as far as rules look at it.</summary>
    internal static Lease LeaseFor(WorkTask task, Worker worker, LeaseClock clock) => new()
    {
        Fence = long.MaxValue,
        Kind = LeaseKind.Task,
        Task = task.Id,
        Agent = worker.Id,
        AgentType = worker.Type,
        Module = task.Module,
        Epic = task.Epic,
        Files = task.Files,
        AcquiredAt = clock.Wall,
        ExpiresAt = clock.Wall,
        Duration = TimeSpan.Zero,
        Deadline = clock.Monotonic,
        ClockBoot = clock.Boot,
    };
}
