namespace Interlock.Domain.Scheduling;

/// <summary>
/// Plays open work to its end in a given order: whenever something ends, whatever may start does, first come first. Plays it
/// backwards too, from the end to the start. One instance serves many plays.
/// </summary>
internal sealed class Rehearsal
{
    private readonly OpenWork work;
    private readonly Patience patience;
    private readonly int[][] earlier;
    private readonly int[] later;
    private readonly int[] open;
    private readonly int[] inTheWay;
    private readonly int[] modules;
    private readonly int[] epics;
    private readonly int[] pending;
    private readonly long[] tails;

    // Numbers of tasks whose agents end, and complements of those that are on the branch then.
    private readonly PriorityQueue<int, long> ends = new();

    public Rehearsal(OpenWork work)
    {
        this.work = work;
        patience = new Patience(work);
        (open, inTheWay, pending) = (new int[work.Count], new int[work.Count], new int[work.Count]);
        (modules, epics) = (new int[work.Modules], new int[work.Epics]);
        var before = new List<int>?[work.Count];
        for (var task = 0; task < work.Count; task++)
        {
            foreach (var next in work.After[task])
            {
                (before[next] ??= []).Add(task);
            }
        }

        earlier = [.. before.Select(list => list?.ToArray() ?? [])];
        (tails, later) = (new long[work.Count], new int[work.Count]);
        Prepare();
    }

    /// <summary>The earliest end that could be hoped for.</summary>
    public long Least { get; private set; }

    /// <summary>When each started in the last play, counted from its beginning; -1 for what never can.</summary>
    public long[] Starts { get; private set; } = [];

    /// <summary>The end of all work; null once it is clear that it is no earlier than <paramref name="limit"/>.</summary>
    /// <param name="order">Every open task, first come first.</param>
    public long? Forward(int[] order, long limit)
    {
        work.Before.CopyTo(open, 0);
        Reset();
        patience.Reset();
        for (var running = work.Open; running < work.Count; running++)
        {
            Start(running, 0);
        }

        return Play(order, work.After, limit, tails);
    }

    /// <summary>From the end to the start, in an order that may hold what runs now.</summary>
    public long? Backward(int[] order)
    {
        later.CopyTo(open, 0);
        Reset();
        return Play(order, earlier, long.MaxValue, null);
    }

    private long? Play(int[] order, int[][] frees, long limit, long[]? after)
    {
        var (left, now) = (order.Length, 0L);
        order.CopyTo(pending, 0);
        while (true)
        {
            left = after is null ? StartBackward(left, now) : StartForward(left, now, limit, after);
            if (left < 0)
            {
                return null;
            }

            if (!ends.TryPeek(out _, out var next))
            {
                return now;
            }

            now = next;
            while (ends.TryPeek(out var done, out var end) && end == now)
            {
                ends.Dequeue();
                End(done, now, frees);
            }
        }
    }

    // Both answer how many are left.
    private int StartBackward(int left, long now)
    {
        var kept = 0;
        for (var i = 0; i < left; i++)
        {
            var task = pending[i];
            if (open[task] == 0 && inTheWay[task] == 0 && HasRoom(task))
            {
                Start(task, now);
            }
            else
            {
                pending[kept++] = task;
            }
        }

        return kept;
    }

    // -1 once the end is known to be no earlier than the limit.
    private int StartForward(int left, long now, long limit, long[] after)
    {
        patience.Begin(now);
        var kept = 0;
        for (var i = 0; i < left; i++)
        {
            var task = pending[i];
            if (open[task] == 0)
            {
                if (inTheWay[task] > 0 || patience.Forbids(task, now))
                {
                    patience.Refuse(task);
                }
                else if (HasRoom(task))
                {
                    if (now + work.Takes[task] + after[task] >= limit)
                    {
                        return -1;
                    }

                    patience.Start(task, now);
                    Start(task, now);
                    continue;
                }
            }

            pending[kept++] = task;
        }

        patience.End();
        return kept;
    }

    private void Reset()
    {
        Array.Clear(inTheWay);
        Array.Clear(modules);
        Array.Clear(epics);
        ends.Clear();
        agents = work.Agents;
        Starts = new long[work.Count];
        Array.Fill(Starts, -1);
    }

    private int agents;

    private bool HasRoom(int task) => !work.NeedsAgent[task]
        || (agents > 0 && modules[work.Module[task]] < work.PerModule && (work.Epic[task] < 0 || epics[work.Epic[task]] < work.PerEpic));

    private void Start(int task, long now)
    {
        Starts[task] = now;
        ends.Enqueue(task, now + work.Takes[task]);
        Block(task, 1);
        Occupy(task, 1);
    }

    private void End(int done, long now, int[][] frees)
    {
        var task = done < 0 ? ~done : done;
        if (done >= 0)
        {
            Occupy(task, -1);
            if (work.Lands[task] > 0)
            {
                ends.Enqueue(~task, now + work.Lands[task]);
                return;
            }
        }

        Block(task, -1);
        foreach (var next in frees[task])
        {
            open[next]--;
        }
    }

    private void Block(int task, int step)
    {
        foreach (var other in work.Conflicts[task])
        {
            inTheWay[other] += step;
        }
    }

    private void Occupy(int task, int step)
    {
        if (!work.NeedsAgent[task])
        {
            return;
        }

        agents -= step;
        modules[work.Module[task]] += step;
        if (work.Epic[task] >= 0)
        {
            epics[work.Epic[task]] += step;
        }
    }

    // Only what can be reached counts: a task behind one that never starts waits for ever, and so does no end.
    private void Prepare()
    {
        work.Before.CopyTo(open, 0);
        var order = new List<int>(Enumerable.Range(0, work.Count).Where(task => open[task] == 0));
        for (var i = 0; i < order.Count; i++)
        {
            order.AddRange(work.After[order[i]].Where(next => --open[next] == 0));
        }

        var total = 0L;
        foreach (var task in Enumerable.Reverse(order))
        {
            tails[task] = work.Lands[task];
            foreach (var next in work.After[task])
            {
                if (open[next] == 0)
                {
                    tails[task] = Math.Max(tails[task], work.Lands[task] + work.Takes[next] + tails[next]);
                    later[task]++;
                }
            }

            total += work.NeedsAgent[task] ? work.Takes[task] : 0;
            Least = Math.Max(Least, work.Takes[task] + tails[task]);
        }

        Least = Math.Max(Least, (total + work.Agents - 1) / Math.Max(1, work.Agents));
        foreach (var task in Enumerable.Range(0, work.Count).Where(task => open[task] > 0))
        {
            later[task] = work.Count + 1;
        }
    }
}
