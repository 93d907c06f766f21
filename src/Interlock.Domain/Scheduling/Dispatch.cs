using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>Gives out tasks in a given order, to each the best agent that is free; whatever the rules refuse waits with its reason.</summary>
internal sealed class Dispatch(Snapshot snapshot, Links links, ClaimGround ground, IEnumerable<Worker> idle, int slots)
{
    private readonly List<Worker> free = [.. idle];
    private Obstacle? allBusy;

    /// <param name="order">Places in the snapshot.</param>
    /// <returns>One decision for each, in that order.</returns>
    public IReadOnlyList<Decision> Run(int[] order)
    {
        var decisions = new Decision[order.Length];
        var next = 0;
        for (; next < order.Length && slots > 0 && free.Count > 0; next++)
        {
            decisions[next] = Decide(order[next]);
        }

        // Nothing more can start, so whoever is asked first changes no answer. In the plan's order, tasks are near each other in memory.
        foreach (var (place, number) in InPlanOrder(order, next))
        {
            decisions[number] = Decide(place);
        }

        return decisions;
    }

    private IEnumerable<(int Place, int Number)> InPlanOrder(int[] order, int from)
    {
        const int None = -1;
        var numbers = new int[snapshot.Tasks.Count];
        Array.Fill(numbers, None);
        for (var number = from; number < order.Length; number++)
        {
            numbers[order[number]] = number;
        }

        for (var place = 0; place < numbers.Length; place++)
        {
            if (numbers[place] != None)
            {
                yield return (place, numbers[place]);
            }
        }
    }

    private Decision Decide(int place) => Decide(snapshot.Tasks[place], links.FactsOf(place));

    private Decision Decide(WorkTask task, ClaimFacts facts)
    {
        var worker = slots > 0 ? Pick(task, free) : null;
        var obstacle = ClaimRules.Find(task, ground, facts, worker?.Type ?? task.AgentType, provider: worker?.Provider);
        if (worker is { } refused && obstacle is { Code: RefusalCodes.TypeLimit or RefusalCodes.ProviderLimit } limit)
        {
            (worker, obstacle) = Another(task, facts, refused, limit);
        }

        if (obstacle is not null || worker is null)
        {
            return new Decision.Wait(task.Id, obstacle ?? (allBusy ??= AllBusy()));
        }

        free.Remove(worker);
        slots--;
        ground.Live.Add(Scheduler.LeaseFor(task, worker, ground.Clock));
        return new Decision.Claim(task.Id, worker.Id, worker.Type);
    }

    // The limit of one type or provider must not keep an agent of another idle.
    private (Worker? Worker, Obstacle? Obstacle) Another(WorkTask task, ClaimFacts facts, Worker refused, Obstacle first)
    {
        var left = free.ToList();
        for (var worker = refused; worker is not null; worker = Pick(task, left))
        {
            var obstacle = worker == refused ? first : ClaimRules.Find(task, ground, facts, worker.Type, provider: worker.Provider);
            if (obstacle?.Code is not (RefusalCodes.TypeLimit or RefusalCodes.ProviderLimit))
            {
                return obstacle is null ? (worker, null) : (null, first);
            }

            left.RemoveAll(other => obstacle.Code == RefusalCodes.ProviderLimit ? other.Provider == worker.Provider : other.Type == worker.Type);
        }

        return (null, first);
    }

    // Assignment is an affinity, not a cage: its own agent, then one of its type, then anyone idle. Even the agent to
    // avoid is better than an idle slot.
    private static Worker? Pick(WorkTask task, List<Worker> free)
    {
        Worker? ofType = null, any = null;
        foreach (var worker in free)
        {
            if (worker.Id == task.AvoidAgent)
            {
                continue;
            }

            if (worker.Id == task.AssignedAgent)
            {
                return worker;
            }

            any ??= worker;
            ofType ??= worker.Type == task.AgentType ? worker : null;
        }

        return ofType ?? any ?? (free.Count > 0 ? free[0] : null);
    }

    private Obstacle AllBusy() => Obstacle.Of(RefusalCodes.AgentLimit, ground.Live.All.Count > 0 ? ground.Live.All[0] : null, static holder => new(
        RefusalCodes.AgentLimit, "every agent of this run is busy", "It starts when one of them ends")
    {
        Holder = holder?.Agent,
        HolderTask = holder?.Task,
    });
}
