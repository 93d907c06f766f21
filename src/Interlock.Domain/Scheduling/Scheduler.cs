using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>What one tick decided, and the order in which it would give out everything that is open.</summary>
public sealed record DispatchPlan(IReadOnlyList<Decision> Decisions, IReadOnlyList<TaskId> Order);

/// <summary>
/// Chooses which open tasks start now and on which idle agents. Work-conserving: no agent stays idle while
/// <see cref="ClaimRules"/> would grant it a task. Order: priority, then <see cref="Urgency"/>, age and the plan's order, unless
/// <see cref="Foresight"/> knows an order in which the work ends earlier.
/// </summary>
public static class Scheduler
{
    /// <summary>The decisions of <see cref="Plan"/>.</summary>
    public static IReadOnlyList<Decision> Decide(
        Snapshot snapshot, IReadOnlySet<TaskId> scope, IReadOnlyList<Worker> idle, int slots, bool ignoreCase = false,
        Func<WorkTask, TimeSpan>? effort = null) => Plan(snapshot, scope, idle, slots, ignoreCase, effort).Decisions;

    /// <param name="scope">Tasks the run may start; others in the snapshot only take part in limits and files.</param>
    /// <param name="idle">Agents without work, in roster order.</param>
    /// <param name="slots">How many more may start; may be fewer than there are idle agents.</param>
    /// <param name="effort">How long a task is expected to take; <see cref="Effort.Prior"/> when nothing is known.</param>
    /// <param name="landing">How long it takes until finished work is on the branch; its files are not free before, and what depends on it waits.</param>
    /// <param name="lastOrder">The order of the tick before: what it planned is only left for something better.</param>
    public static DispatchPlan Plan(
        Snapshot snapshot, IReadOnlySet<TaskId> scope, IReadOnlyList<Worker> idle, int slots, bool ignoreCase = false,
        Func<WorkTask, TimeSpan>? effort = null, TimeSpan landing = default, IReadOnlyList<TaskId>? lastOrder = null)
    {
        effort ??= Effort.Prior;
        var urgency = Urgency.In(snapshot, landing > TimeSpan.Zero ? task => effort(task) + landing : effort);
        var order = ByUrgency(snapshot, scope, urgency);
        var decisions = new Dispatch(GroundOf(snapshot, effort, ignoreCase), idle, slots).Run(order);
        if (!Foresight.Pays(decisions))
        {
            return new DispatchPlan(decisions, lastOrder ?? []);
        }

        var work = OpenWork.Of(snapshot, order, idle, slots, ignoreCase, effort, landing);
        var better = Foresight.Order(work, [.. order.Select(task => urgency.Path[snapshot.PlaceOf(task.Id)])], lastOrder);
        return new DispatchPlan(
            better is null ? decisions : new Dispatch(GroundOf(snapshot, effort, ignoreCase), idle, slots).Run([.. better.Select(place => order[place])]),
            better is null ? [.. order.Select(task => task.Id)] : [.. better.Select(place => order[place].Id)]);
    }

    /// <summary>What claims on this snapshot are decided on.</summary>
    public static ClaimGround GroundOf(Snapshot snapshot, Func<WorkTask, TimeSpan> effort, bool ignoreCase = false) => new(
        snapshot.Limits, snapshot.Clock, snapshot.Find, snapshot.Leases, snapshot.Tasks.Where(task => task.WaitingSince is not null), effort, ignoreCase);

    /// <summary>The lease a claim would be granted, as far as rules look at it.</summary>
    internal static Lease LeaseFor(WorkTask task, Worker worker, LeaseClock clock) => new()
    {
        Fence = long.MaxValue,
        Kind = LeaseKind.Task,
        Task = task.Id,
        Agent = worker.Id,
        AgentType = worker.Type,
        Provider = worker.Provider,
        Module = task.Module,
        Epic = task.Epic,
        Files = task.Files,
        AcquiredAt = clock.Wall,
        ExpiresAt = clock.Wall,
        Duration = TimeSpan.Zero,
        Deadline = clock.Monotonic,
        ClockBoot = clock.Boot,
    };

    private static WorkTask[] ByUrgency(Snapshot snapshot, IReadOnlySet<TaskId> scope, Urgency urgency)
    {
        var ranks = new List<Rank>(snapshot.Tasks.Count);
        for (var place = 0; place < snapshot.Tasks.Count; place++)
        {
            var task = snapshot.Tasks[place];
            if (task.IsOpen && scope.Contains(task.Id))
            {
                ranks.Add(new Rank(task, urgency.Of[place], urgency.Path[place]));
            }
        }

        ranks.Sort();
        var order = new WorkTask[ranks.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = ranks[i].Task;
        }

        return order;
    }

    /// <summary>What tasks are ordered by, side by side in memory: most of a tick over many of them is this comparison.</summary>
    private readonly struct Rank(WorkTask task, long urgency, long path) : IComparable<Rank>
    {
        private readonly int priority = task.Priority;
        private readonly int order = task.Order;
        private readonly long urgency = urgency;
        private readonly long path = path;
        private readonly long waiting = task.WaitingSince is null ? long.MaxValue : task.WaitingFrom ?? 0;

        public WorkTask Task { get; } = task;

        public int CompareTo(Rank other)
        {
            var first = priority.CompareTo(other.priority);
            first = first != 0 ? first : other.urgency.CompareTo(urgency);
            first = first != 0 ? first : other.path.CompareTo(path);
            first = first != 0 ? first : waiting.CompareTo(other.waiting);
            first = first != 0 ? first : order.CompareTo(other.order);
            return first != 0 ? first : Task.Id.CompareTo(other.Task.Id);
        }
    }
}
