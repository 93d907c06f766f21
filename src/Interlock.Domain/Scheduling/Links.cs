using Interlock.Domain.Leasing;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// Dependencies and leases by place in the snapshot. Looking up ids is most of what a tick over many tasks costs, so each is looked up
/// once, in the plan's order, where tasks that depend on each other are near each other in memory.
/// </summary>
internal sealed class Links
{
    private readonly Snapshot snapshot;
    private readonly bool[] held;
    private readonly int[] blockers;

    public Links(Snapshot snapshot)
    {
        this.snapshot = snapshot;
        var count = snapshot.Tasks.Count;
        (held, blockers, From, To) = (new bool[count], new int[count], new List<int>(count), new List<int>(count));
        foreach (var lease in snapshot.Leases)
        {
            if (lease.Task is { } task && snapshot.PlaceOf(task) is var place and >= 0)
            {
                held[place] = true;
            }
        }

        for (var place = 0; place < count; place++)
        {
            blockers[place] = snapshot.Tasks[place].IsFinished ? -1 : Link(place);
        }
    }

    /// <summary>Edges from the task that is waited for to the one that waits, where neither is finished.</summary>
    public List<int> From { get; }

    public List<int> To { get; }

    /// <summary>For a task that is not finished.</summary>
    public ClaimFacts FactsOf(int place) => new(
        held[place] ? snapshot.LeaseOf(snapshot.Tasks[place].Id) : null,
        blockers[place] >= 0 ? snapshot.Tasks[blockers[place]] : null);

    // The first of its dependencies that has not merged; -1 when there is none.
    private int Link(int place)
    {
        var (dependencies, blocker) = (snapshot.Tasks[place].Dependencies, -1);
        for (var i = 0; i < dependencies.Count; i++)
        {
            if (snapshot.PlaceOf(dependencies[i]) is var on and >= 0 && snapshot.Tasks[on].State is var state and not TaskState.Merged)
            {
                blocker = blocker < 0 ? on : blocker;
                if (state != TaskState.Cancelled)
                {
                    From.Add(on);
                    To.Add(place);
                }
            }
        }

        return blocker;
    }
}
