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
        var links = new Links(snapshot);
        var urgency = Urgency.In(snapshot, links, landing > TimeSpan.Zero ? task => effort(task) + landing : effort);
        var order = ByUrgency(snapshot, scope, urgency);
        IReadOnlyList<Decision> InOrder(int[] places) => new Dispatch(snapshot, links, GroundOf(snapshot, effort, ignoreCase), idle, slots).Run(places);

        var decisions = InOrder(order);
        if (!Foresight.Pays(decisions))
        {
            return new DispatchPlan(decisions, lastOrder ?? []);
        }

        var work = OpenWork.Of(snapshot, [.. order.Select(place => snapshot.Tasks[place])], idle, slots, ignoreCase, effort, landing);
        var better = Foresight.Order(work, [.. order.Select(place => urgency.Path[place])], lastOrder)?.Select(number => order[number]).ToArray();
        return new DispatchPlan(better is null ? decisions : InOrder(better), [.. (better ?? order).Select(place => snapshot.Tasks[place].Id)]);
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

    private static int[] ByUrgency(Snapshot snapshot, IReadOnlySet<TaskId> scope, Urgency urgency)
    {
        var places = ByAge(snapshot, scope);
        var ranks = new Rank[places.Count];
        for (var age = 0; age < ranks.Length; age++)
        {
            ranks[age] = new Rank(snapshot.Tasks[places[age]].Priority, urgency.Of[places[age]], urgency.Path[places[age]], age);
        }

        Array.Sort(ranks);
        return Array.ConvertAll(ranks, rank => places[rank.Age]);
    }

    // Who waits for files first, longest first, then the plan's order, in which the tasks nearly always are.
    private static List<int> ByAge(Snapshot snapshot, IReadOnlySet<TaskId> scope)
    {
        int InPlanOrder(int left, int right)
        {
            var (first, second) = (snapshot.Tasks[left], snapshot.Tasks[right]);
            var order = first.Order.CompareTo(second.Order);
            return order != 0 ? order : first.Id.CompareTo(second.Id);
        }

        var (waiting, others, areSorted) = (new List<int>(), new List<int>(snapshot.Tasks.Count), true);
        for (var place = 0; place < snapshot.Tasks.Count; place++)
        {
            var task = snapshot.Tasks[place];
            if (task.IsOpen && scope.Contains(task.Id))
            {
                var like = task.WaitingSince is null ? others : waiting;
                areSorted &= like.Count == 0 || InPlanOrder(like[^1], place) < 0;
                like.Add(place);
            }
        }

        if (!areSorted)
        {
            waiting.Sort(InPlanOrder);
            others.Sort(InPlanOrder);
        }

        return [.. waiting.OrderBy(place => snapshot.Tasks[place].WaitingFrom ?? 0), .. others];
    }

    /// <summary>What tasks are ordered by, side by side in memory: over many of them this comparison is a good part of a tick.</summary>
    /// <param name="Age">Place among all, by age.</param>
    private readonly record struct Rank(int Priority, long Urgency, long Path, int Age) : IComparable<Rank>
    {
        public int CompareTo(Rank other)
        {
            var first = Priority.CompareTo(other.Priority);
            first = first != 0 ? first : other.Urgency.CompareTo(Urgency);
            first = first != 0 ? first : other.Path.CompareTo(Path);
            return first != 0 ? first : Age.CompareTo(other.Age);
        }
    }
}
