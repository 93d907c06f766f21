namespace Interlock.Domain.Simulation;

/// <summary>
/// For each task how early it can start and how much must follow its end, in ticks. Besides chains of dependencies it counts
/// the work that everything before (or after) a task must pass through one resource.
/// </summary>
internal sealed class HeadsAndTails
{
    // Looking at every resource for every task would cost more than the bound is worth on a plan of thousands.
    private const int MostWork = 20_000_000;

    private readonly WorkModel model;
    private readonly IReadOnlyList<Resource> resources;
    private readonly int[][] shares;

    public HeadsAndTails(WorkModel model, IReadOnlyList<Resource> resources)
    {
        this.model = model;
        this.resources = resources;
        shares = SharesOf();
        HeadBecause = new Resource?[model.Count];
        TailBecause = new Resource?[model.Count];
        Heads = new long[model.Count];
        Tails = new long[model.Count];
        Fill(model.Order, model.Before, Heads, HeadBecause);
        Fill([.. model.Order.Reverse()], model.After, Tails, TailBecause);
    }

    /// <summary>Earliest start.</summary>
    public long[] Heads { get; }

    /// <summary>Least time from the end of the task's own work to the end of everything, its own landing included.</summary>
    public long[] Tails { get; }

    /// <summary>The resource that makes the head longer than the chain of dependencies; null when none does.</summary>
    public Resource?[] HeadBecause { get; }

    public Resource?[] TailBecause { get; }

    private bool Forward(long[] times) => ReferenceEquals(times, Heads);

    private void Fill(int[] order, int[][] toward, long[] times, Resource?[] because)
    {
        var reached = new System.Collections.BitArray?[model.Count];
        var thorough = (long)model.Count * model.Count * Math.Max(1, shares.Length > 0 ? shares.Average(list => list.Length) : 0) <= MostWork;
        foreach (var task in order)
        {
            times[task] = Forward(times) ? 0 : model.Lag[task];
            foreach (var other in toward[task])
            {
                var through = times[other] + model.Slot[other] + (Forward(times) ? model.Lag[other] : model.Lag[task]);
                if (through > times[task])
                {
                    (times[task], because[task]) = (through, because[other]);
                }
            }

            if (thorough)
            {
                Reach(task, toward, reached);
                Strengthen(task, reached[task]!, times, because);
            }
        }
    }

    private void Reach(int task, int[][] toward, System.Collections.BitArray?[] reached)
    {
        var all = new System.Collections.BitArray(model.Count);
        foreach (var other in toward[task])
        {
            all.Or(reached[other]!);
            all[other] = true;
        }

        reached[task] = all;
    }

    // Everything on this side of the task has to pass through the resource, beginning no earlier than its own times allow.
    private void Strengthen(int task, System.Collections.BitArray side, long[] times, Resource?[] because)
    {
        var perResource = new Dictionary<int, List<int>>();
        for (var other = 0; other < model.Count; other++)
        {
            foreach (var share in side[other] ? shares[other] : [])
            {
                (perResource.TryGetValue(share, out var list) ? list : perResource[share] = []).Add(other);
            }
        }

        foreach (var (share, others) in perResource.Where(entry => entry.Value.Count > 1).OrderBy(entry => entry.Key))
        {
            var resource = resources[share];
            others.Sort((left, right) => times[right].CompareTo(times[left]));
            var (work, between) = (0L, long.MaxValue);
            foreach (var other in others)
            {
                work += resource.Takes(model, other);
                between = Math.Min(between, Between(resource, other, task, times));
                var time = Grains.Up(times[other] + Shared(resource, other, times) + Grains.Divide(work, resource.Capacity) + between, model.Grain);
                if (time > times[task])
                {
                    (times[task], because[task]) = (time, resource);
                }
            }
        }
    }

    // Going back from the end, a guarded file is kept through the landing, which the tail has counted already.
    private long Shared(Resource resource, int other, long[] times) =>
        Forward(times) || !resource.Guarded ? 0 : -model.Lag[other];

    private long Between(Resource resource, int other, int task, long[] times) =>
        Forward(times) ? (resource.Guarded ? 0 : model.Lag[other]) : model.Lag[task];

    private int[][] SharesOf()
    {
        var lists = Enumerable.Range(0, model.Count).Select(_ => new List<int>()).ToArray();
        for (var resource = 0; resource < resources.Count; resource++)
        {
            foreach (var task in resources[resource].Tasks)
            {
                lists[task].Add(resource);
            }
        }

        return [.. lists.Select(list => list.ToArray())];
    }
}

/// <summary>Rounding up to what a schedule can be made of.</summary>
internal static class Grains
{
    public static long Divide(long work, int capacity) => (work + capacity - 1) / capacity;

    public static long Up(long time, long grain) => grain <= 1 || time % grain == 0 ? time : time - (time % grain) + grain;
}
