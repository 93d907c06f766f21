using Interlock.Domain.Plans;

namespace Interlock.Domain.Leasing;

/// <summary>The live leases as the rules ask for them: by task, by file, and counted against the limits.</summary>
public sealed class LiveLeases
{
    private readonly FileSet hot;
    private readonly bool ignoreCase;
    private readonly List<Lease> leases = [];
    private readonly Dictionary<TaskId, int> byTask = [];
    private readonly Dictionary<(LimitKind Kind, string Name), int> running = [];
    private int agents;

    // Work may share hot files with work; a hold keeps them from everybody.
    private readonly PatternIndex<int> cold;
    private readonly PatternIndex<int> holds;

    public LiveLeases(IEnumerable<Lease> live, FileSet hot, bool ignoreCase)
    {
        this.hot = hot;
        this.ignoreCase = ignoreCase;
        cold = new PatternIndex<int>(ignoreCase);
        holds = new PatternIndex<int>(ignoreCase);
        foreach (var lease in live)
        {
            Add(lease);
        }
    }

    /// <summary>In the order they came.</summary>
    public IReadOnlyList<Lease> All => leases;

    internal void Add(Lease lease)
    {
        var place = leases.Count;
        leases.Add(lease);
        if (lease.Task is { } task)
        {
            byTask.TryAdd(task, place);
        }

        if (lease.Files.Count > 0)
        {
            var files = FileSet.Parse(lease.Files);
            var (index, kept) = lease.Kind == LeaseKind.Hold ? (holds, files) : (cold, files.Without(hot, ignoreCase));
            foreach (var pattern in kept.Patterns)
            {
                index.Add(pattern, place);
            }
        }

        foreach (var limit in Limited(lease))
        {
            running[limit] = running.GetValueOrDefault(limit) + 1;
            agents += limit.Kind == LimitKind.Agents ? 1 : 0;
        }
    }

    public Lease? Of(TaskId task) => byTask.TryGetValue(task, out var place) ? leases[place] : null;

    /// <summary>How many task leases take a slot of that limit: those in review have given it back.</summary>
    internal int Running(LimitKind kind, string name) => kind == LimitKind.Agents ? agents : running.GetValueOrDefault((kind, name));

    /// <summary>Those behind <see cref="Running"/>, of the first <paramref name="among"/> leases.</summary>
    internal IEnumerable<Lease> Holders(LimitKind kind, string name, int among) => leases.Take(among).Where(lease => Limited(lease).Contains((kind, name)));

    /// <summary>The first lease, other than the task's own, that has one of these files, and the two patterns that meet.</summary>
    /// <param name="asHold">A hold asks for hot files too.</param>
    internal (Lease Lease, FileConflict Conflict)? FirstConflict(FileSet files, TaskId? own, bool asHold = false)
    {
        (int Place, FileConflict Conflict)? first = null;
        foreach (var (index, wanted) in new[] { (holds, files), (cold, asHold ? files : files.Without(hot, ignoreCase)) })
        {
            foreach (var ours in wanted.Patterns)
            {
                foreach (var (theirs, place) in index.Overlapping(ours))
                {
                    if ((first is null || place < first.Value.Place) && (own is null || leases[place].Task != own))
                    {
                        first = (place, new FileConflict(ours, theirs));
                    }
                }
            }
        }

        return first is { } found ? (leases[found.Place], found.Conflict) : null;
    }

    /// <summary>Every lease that has one of these files; more than once if it has several.</summary>
    internal IEnumerable<Lease> Overlapping(FileSet files) =>
        files.Patterns.SelectMany(holds.Overlapping).Concat(files.Without(hot, ignoreCase).Patterns.SelectMany(cold.Overlapping)).Select(found => leases[found.Owner]);

    /// <summary>True when no lease can have any of the files, told without reading them as patterns.</summary>
    internal bool AreClearOf(IReadOnlyList<string> files)
    {
        for (var file = 0; file < files.Count; file++)
        {
            if (!holds.IsClearOf(files[file]) || !cold.IsClearOf(files[file]))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<(LimitKind Kind, string Name)> Limited(Lease lease)
    {
        if (lease is not { Kind: LeaseKind.Task, InReview: false })
        {
            yield break;
        }

        yield return (LimitKind.Agents, "");
        yield return (LimitKind.Module, lease.Module ?? "");
        if (lease.Epic is { } epic)
        {
            yield return (LimitKind.Epic, epic);
        }

        if (lease.AgentType is { } type)
        {
            yield return (LimitKind.Type, type);
        }

        if (lease.Provider is { } provider)
        {
            yield return (LimitKind.Provider, provider);
        }
    }
}

/// <summary>What a limit counts by.</summary>
internal enum LimitKind
{
    Agents,
    Module,
    Epic,
    Type,
    Provider,
}
