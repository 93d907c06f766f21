using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// What is open and what runs, by number: first the open tasks in the order given, then the live leases. Enough to rehearse
/// how the work would go; what may really start is for <see cref="ClaimRules"/> to say.
/// </summary>
internal sealed class OpenWork
{
    private OpenWork(int open, int count)
    {
        Open = open;
        Takes = new long[count];
        Lands = new long[count];
        Before = new int[count];
        Module = new int[count];
        Epic = new int[count];
        Priority = new int[count];
        NeedsAgent = new bool[count];
        Waits = new bool[count];
        WaitsFrom = new long[count];
        Passes = new int[count];
        PassedAt = new long[count];
        Array.Fill(PassedAt, Never);
        After = [];
        Conflicts = [];
        Ids = [];
    }

    /// <summary>The time of what has not been.</summary>
    public const long Never = long.MaxValue;

    /// <summary>How many of the numbers are open tasks.</summary>
    public int Open { get; }

    public int Count => Takes.Length;

    public TaskId[] Ids { get; private set; }

    /// <summary>Ticks; of what runs, those left.</summary>
    public long[] Takes { get; }

    /// <summary>
    /// Ticks from the end of an agent's work to its being on the branch, when its files are free and what depends on it may start; 0 for
    /// what no agent does.
    /// </summary>
    public long[] Lands { get; }

    /// <summary>How many of the others must be done before; more than there are for a task that waits for something else.</summary>
    public int[] Before { get; }

    public int[][] After { get; private set; }
    public int[][] Conflicts { get; private set; }

    /// <summary>Number of its module; modules and epics are numbered from 0, and -1 is none.</summary>
    public int[] Module { get; }

    public int[] Epic { get; }
    public int[] Priority { get; }

    /// <summary>False for what takes no slot: a task made of parts, and work in review.</summary>
    public bool[] NeedsAgent { get; }

    /// <summary>Whether it waits for files.</summary>
    public bool[] Waits { get; }

    /// <summary>Who of those waits longer: the smaller the longer.</summary>
    public long[] WaitsFrom { get; }

    /// <summary>How often it was passed by.</summary>
    public int[] Passes { get; }

    /// <summary>When it was for the first time, in ticks from now; else <see cref="Never"/>.</summary>
    public long[] PassedAt { get; }

    /// <summary>From so many passes on, or so many ticks after the first, others leave its files to it.</summary>
    public (int Passes, long After) Reserve { get; private set; }

    public int Agents { get; private set; }
    public int PerModule { get; private set; }
    public int PerEpic { get; private set; }
    public int Modules { get; private set; }
    public int Epics { get; private set; }

    public static OpenWork Of(Snapshot snapshot, WorkTask[] order, IReadOnlyList<Worker> idle, int slots, bool ignoreCase, Func<WorkTask, TimeSpan> effort, TimeSpan landing)
    {
        var leases = snapshot.Leases.Where(lease => lease is { Kind: LeaseKind.Task, Task: not null }).ToArray();
        var work = new OpenWork(order.Length, order.Length + leases.Length)
        {
            Agents = AgentsOf(snapshot.Limits, idle, slots, leases),
            PerModule = snapshot.Limits.PerModule,
            PerEpic = snapshot.Limits.PerEpic,
            Reserve = (snapshot.Limits.Bypasses, snapshot.Limits.ReserveAfter.Ticks),
            Ids = [.. order.Select(task => task.Id), .. leases.Select(lease => lease.Task!.Value)],
        };
        for (var i = 0; i < order.Length; i++)
        {
            work.Takes[i] = order[i].IsWhole ? 0 : Math.Max(0, effort(order[i]).Ticks);
            work.Lands[i] = order[i].IsWhole ? 0 : landing.Ticks;
            work.Priority[i] = order[i].Priority;
            work.NeedsAgent[i] = !order[i].IsWhole;
            if (order[i].WaitingSince is not null)
            {
                work.Waits[i] = true;
                work.WaitsFrom[i] = order[i].WaitingFrom ?? 0;
                work.Passes[i] = order[i].Bypasses;
                work.PassedAt[i] = order[i].PassedAt is { } passed ? Math.Min(0, (passed - snapshot.Clock.Wall).Ticks) : Never;
            }
        }

        for (var i = 0; i < leases.Length; i++)
        {
            work.NeedsAgent[order.Length + i] = !leases[i].InReview;
            work.Lands[order.Length + i] = landing.Ticks;
            work.Takes[order.Length + i] = Left(snapshot, leases[i], effort);
        }

        work.Number(order, leases);
        work.Link(snapshot, order);
        work.Conflicts = Overlaps.Of([.. order.Select(task => task.Files).Concat(leases.Select(lease => lease.Files)).Select(files => FileSet.Parse(files).Without(snapshot.Limits.Hot, ignoreCase))], ignoreCase);
        return work;
    }

    // A task that takes longer than expected may end at any moment; what is in review has ended.
    private static long Left(Snapshot snapshot, Lease lease, Func<WorkTask, TimeSpan> effort) =>
        lease.InReview || snapshot.Find(lease.Task!.Value) is not { } task ? 1 : Math.Max(1, (effort(task) - (snapshot.Clock.Wall - lease.AcquiredAt)).Ticks);

    private static int AgentsOf(Limits limits, IReadOnlyList<Worker> idle, int slots, Lease[] leases)
    {
        var running = leases.Where(lease => !lease.InReview).ToList();
        var ofTypes = idle.Select(worker => worker.Type).Concat(running.Select(lease => lease.AgentType ?? "")).CountBy(type => type, StringComparer.Ordinal)
            .Sum(type => Math.Min(type.Value, limits.PerType.GetValueOrDefault(type.Key, int.MaxValue)));
        return Math.Min(Math.Min(limits.Agents, ofTypes), Math.Min(slots, idle.Count) + running.Count);
    }

    private void Number(WorkTask[] order, Lease[] leases)
    {
        var modules = new Dictionary<string, int>(StringComparer.Ordinal);
        var epics = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            var (module, epic) = i < Open ? (order[i].Module, order[i].Epic) : (leases[i - Open].Module ?? "", leases[i - Open].Epic);
            modules.TryAdd(module, modules.Count);
            Module[i] = modules[module];
            if (epic is not null)
            {
                epics.TryAdd(epic, epics.Count);
            }

            Epic[i] = epic is null ? -1 : epics[epic];
        }

        (Modules, Epics) = (modules.Count, epics.Count);
    }

    private void Link(Snapshot snapshot, WorkTask[] order)
    {
        var numbers = new Dictionary<TaskId, int>(Count);
        for (var i = 0; i < Count; i++)
        {
            numbers.TryAdd(Ids[i], i);
        }

        var after = new List<int>?[Count];
        for (var i = 0; i < order.Length; i++)
        {
            foreach (var id in order[i].Dependencies)
            {
                if (numbers.TryGetValue(id, out var on))
                {
                    Before[i]++;
                    (after[on] ??= []).Add(i);
                }
                else if (snapshot.Find(id) is { State: not TaskState.Merged })
                {
                    Before[i] = Count + 1;
                }
            }

            Before[i] = order[i].HeldBecause is null ? Before[i] : Count + 1;
        }

        After = [.. after.Select(list => list?.ToArray() ?? [])];
    }
}
