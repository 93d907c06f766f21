namespace Interlock.Domain.Scheduling;

/// <summary>
/// Who waits for files in a rehearsal, who was passed by, and whose files are reserved: the same rules as
/// <see cref="Leasing.Reservations"/>, by number. An order that looks short without them may be a long one with them.
/// </summary>
internal sealed class Patience(OpenWork work)
{
    private readonly bool[] waits = new bool[work.Count];
    private readonly long[] from = new long[work.Count];
    private readonly int[] passes = new int[work.Count];
    private readonly long[] passedAt = new long[work.Count];
    private readonly long[] ends = new long[work.Count];
    private readonly bool[] reserved = new bool[work.Count];
    private readonly List<int> waiting = [];
    private readonly List<int> refused = [];
    private readonly long firstTurn = work.WaitsFrom.DefaultIfEmpty(0).Max() + 1;
    private long turn;
    private bool anyReserved;

    public void Reset()
    {
        work.Waits.CopyTo(waits, 0);
        work.WaitsFrom.CopyTo(from, 0);
        work.Passes.CopyTo(passes, 0);
        work.PassedAt.CopyTo(passedAt, 0);
        Array.Clear(reserved);
        Array.Clear(ends, 0, work.Open);
        Array.Copy(work.Takes, work.Open, ends, work.Open, work.Count - work.Open);
        turn = firstTurn;
        waiting.Clear();
        refused.Clear();
        for (var task = 0; task < work.Open; task++)
        {
            if (waits[task])
            {
                waiting.Add(task);
            }
        }
    }

    /// <summary>At the beginning of a tick: who has waited enough.</summary>
    public void Begin(long now)
    {
        anyReserved = false;
        foreach (var task in waiting)
        {
            reserved[task] = passes[task] >= work.Reserve.Passes || (passedAt[task] != OpenWork.Never && now - passedAt[task] >= work.Reserve.After);
            anyReserved |= reserved[task];
        }
    }

    /// <summary>Whether its files are kept for a task that has waited longer.</summary>
    public bool Forbids(int task, long now)
    {
        if (anyReserved)
        {
            foreach (var other in work.Conflicts[task])
            {
                if (reserved[other] && !MayGoFirst(task, other) && !Backfills(task, other, now))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public void Refuse(int task)
    {
        if (!waits[task])
        {
            refused.Add(task);
        }
    }

    public void Start(int task, long now)
    {
        ends[task] = now + work.Takes[task];
        foreach (var other in work.Conflicts[task])
        {
            if (waits[other] && !MayGoFirst(task, other))
            {
                passes[other]++;
                passedAt[other] = Math.Min(passedAt[other], now);
            }
        }

        if (waits[task])
        {
            waits[task] = false;
            reserved[task] = false;
            waiting.Remove(task);
        }
    }

    /// <summary>At the end of a tick: all that it refused began to wait together.</summary>
    public void End()
    {
        foreach (var task in refused)
        {
            (waits[task], from[task]) = (true, turn);
            waiting.Add(task);
        }

        refused.Clear();
        turn++;
    }

    private bool Backfills(int task, int waiting, long now)
    {
        if (passes[waiting] >= work.Reserve.Passes)
        {
            return false;
        }

        var free = now;
        foreach (var other in work.Conflicts[waiting])
        {
            free = Math.Max(free, ends[other]);
        }

        return now + work.Takes[task] <= free;
    }

    private bool MayGoFirst(int task, int other) => waits[task] && from[task] <= from[other];
}
