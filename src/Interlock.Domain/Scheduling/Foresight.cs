using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// Looks for an order in which the open work ends earlier than by urgency alone: rehearses a few rules, straightens each schedule by
/// playing it backwards and forwards again, then orders scattered around the longest paths, and then variations of the best. The number of
/// plays is bounded by the amount of work, never by time.
/// </summary>
internal static class Foresight
{
    /// <summary>More open tasks than this are given out by urgency alone: agents are so few beside them that order hardly matters.</summary>
    private const int MostTasks = 300;

    private const int MostPlays = 300;
    private const int LeastPlays = 6;

    // A few tasks have few orders: more plays than this only meet them again.
    private const int PlaysPerPair = 4;

    // About this many tasks are looked at in all, a few milliseconds.
    private const int Budget = 600_000;

    private static readonly HashSet<string> Choices =
    [
        RefusalCodes.AgentLimit, RefusalCodes.ModuleLimit, RefusalCodes.EpicLimit, RefusalCodes.TypeLimit, RefusalCodes.FileBusy, RefusalCodes.Reserved,
    ];

    /// <summary>True when something starts now and something else could have instead.</summary>
    public static bool Pays(IReadOnlyList<Decision> decisions) => decisions.Count is > 1 and <= MostTasks
        && decisions.Any(decision => decision is Decision.Claim) && decisions.Any(decision => decision is Decision.Wait wait && Choices.Contains(wait.Code));

    /// <summary>Numbers of the open tasks, first come first; null when the order they are numbered in is as good as any that was found.</summary>
    /// <param name="paths">Longest remaining path of each.</param>
    public static int[]? Order(OpenWork work, long[] paths, IReadOnlyList<TaskId>? lastOrder)
    {
        var search = new Search(work);
        int[] byUrgency = [.. Enumerable.Range(0, work.Open)];
        search.Try(byUrgency);
        var asUrgent = search.Makespan;
        if (lastOrder is not null)
        {
            search.Try(InLastOrder(work, lastOrder));
        }

        search.Straighten(byUrgency);
        foreach (var key in Rules(work, paths))
        {
            search.Straighten([.. byUrgency.OrderBy(task => work.Priority[task]).ThenByDescending(key)]);
        }

        var most = Math.Min(MostPlays, PlaysPerPair * work.Open * work.Open);
        var plays = Math.Max(LeastPlays, Math.Min(most, Budget / (work.Count * work.Count)));
        plays = lastOrder is { Count: > 0 } ? Math.Max(LeastPlays, plays / 8) : plays;
        search.Scatter(plays, paths);
        search.Vary(plays);

        // One that ends no earlier would only take people by surprise: they expect the plan's own.
        return search.Makespan < asUrgent ? search.Best : null;
    }

    private static IEnumerable<Func<int, long>> Rules(OpenWork work, long[] paths)
    {
        long Around(int task) => work.Conflicts[task].Sum(other => work.Takes[other]);
        yield return task => paths[task];
        yield return task => work.Takes[task];
        yield return task => paths[task] + Around(task);
        yield return task => work.Takes[task] + Around(task);
    }

    private static int[] InLastOrder(OpenWork work, IReadOnlyList<TaskId> lastOrder)
    {
        var places = new Dictionary<TaskId, int>(lastOrder.Count);
        for (var place = 0; place < lastOrder.Count; place++)
        {
            places.TryAdd(lastOrder[place], place);
        }

        return [.. Enumerable.Range(0, work.Open).OrderBy(task => work.Priority[task]).ThenBy(task => places.GetValueOrDefault(work.Ids[task], int.MaxValue))];
    }

    private sealed class Search(OpenWork work)
    {
        private readonly Rehearsal rehearsal = new(work);

        // Any fixed number will do: the same work is always varied in the same ways.
        private ulong chance = 0x9E3779B97F4A7C15;

        public int[] Best { get; private set; } = [];

        public long Makespan { get; private set; } = long.MaxValue;

        private bool Settled => Makespan <= rehearsal.Least;

        public bool Try(int[] order, bool equal = false)
        {
            if (Settled || rehearsal.Forward(order, equal && Makespan < long.MaxValue ? Makespan + 1 : Makespan) is not { } end)
            {
                return false;
            }

            (Makespan, Best) = (end, order);
            return true;
        }

        // What ends last when played backwards may begin late; played forwards in that order nothing begins later than it has to.
        public void Straighten(int[] order, bool equal = false)
        {
            if (Settled || rehearsal.Forward(order, long.MaxValue) is not { } end)
            {
                return;
            }

            if (end < Makespan || (equal && end == Makespan))
            {
                (Makespan, Best) = (end, order);
            }

            var starts = rehearsal.Starts;
            rehearsal.Backward([.. Enumerable.Range(0, work.Count).OrderBy(task => task >= work.Open).ThenByDescending(task => starts[task] + work.Takes[task])]);
            var back = rehearsal.Starts;
            Try([.. order.OrderBy(task => work.Priority[task]).ThenByDescending(task => back[task] + work.Takes[task])], equal);
        }

        // Reservations make cliffs: an order that avoids one may be far from every rule, and from the best order on this side of it.
        public void Scatter(int plays, long[] paths)
        {
            var usual = work.Takes.Take(work.Open).DefaultIfEmpty(0).Average();
            for (var play = 0; play < plays && !Settled; play++)
            {
                var noise = 0.3 * (1 + (play % 5));
                var keys = new double[work.Open];
                for (var task = 0; task < work.Open; task++)
                {
                    keys[task] = (paths[task] * (1 + (noise * Next()))) + (usual * noise * (1 + Next()) / 2);
                }

                Try([.. Enumerable.Range(0, work.Open).OrderBy(task => work.Priority[task]).ThenByDescending(task => keys[task])]);
            }
        }

        public void Vary(int plays)
        {
            for (var play = 0; play < plays && !Settled; play++)
            {
                var spread = work.Open * (0.05 + (0.1 * (play % 5)));
                var keys = new double[work.Open];
                for (var place = 0; place < work.Open; place++)
                {
                    keys[Best[place]] = place + (spread * Next());
                }

                Straighten([.. Best.OrderBy(task => work.Priority[task]).ThenBy(task => keys[task])], equal: true);
            }
        }

        // xorshift64*, in [-1, 1).
        private double Next()
        {
            chance ^= chance >> 12;
            chance ^= chance << 25;
            chance ^= chance >> 27;
            return ((chance * 0x2545F4914F6CDD1D) >> 11) / (double)(1UL << 52) - 1;
        }
    }
}
