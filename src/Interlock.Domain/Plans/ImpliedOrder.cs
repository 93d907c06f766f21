namespace Interlock.Domain.Plans;

/// <summary>
/// Collects what a plan says about order without naming ids task by task. Tasks are given by their index in the draft; kinds
/// the user relaxed are left out.
/// </summary>
internal sealed class ImpliedOrder(PlanReading reading)
{
    // Two phases of thousands of tasks that may all run at once would need millions of dependencies.
    private const int MostOfABarrier = 20_000;
    private const int MostOfAll = 500_000;

    private readonly Dictionary<int, List<(int On, DependencyKind Kind)>> edges = [];
    private readonly HashSet<int> followed = [];
    private readonly HashSet<int> following = [];
    private int count;

    /// <summary>True once there was too much to be kept whole.</summary>
    public bool Shortened { get; private set; }

    public bool IsSequential => reading.Keeps(DependencyKind.Sequence);

    public void Add(int task, int on, DependencyKind kind)
    {
        if (task == on || !reading.Keeps(kind))
        {
            return;
        }

        if (++count > MostOfAll)
        {
            Shortened = true;
            return;
        }

        if (!edges.TryGetValue(task, out var list))
        {
            edges[task] = list = [];
        }

        list.Add((on, kind));
    }

    /// <summary>Each task that may not run beside others comes after those since the last such task, that one included.</summary>
    public void Sequence(IReadOnlyList<int> tasks, Func<int, bool> isParallel)
    {
        if (!IsSequential)
        {
            return;
        }

        var since = new List<int>();
        foreach (var task in tasks)
        {
            if (isParallel(task))
            {
                since.Add(task);
                continue;
            }

            After([task], since);
            since = [task];
        }
    }

    /// <summary>The tasks come after all of the others, in a sequence.</summary>
    public void After(IReadOnlyList<int> tasks, IReadOnlyList<int> others)
    {
        foreach (var (task, on) in IsSequential ? Pairs(tasks, others) : [])
        {
            Add(task, on, DependencyKind.Sequence);
            followed.Add(on);
            following.Add(task);
        }
    }

    /// <summary>No task of the later phase starts before all of the earlier one have ended.</summary>
    public void Barrier(IReadOnlyList<int> earlier, IReadOnlyList<int> later)
    {
        if (!reading.Keeps(DependencyKind.Barrier))
        {
            return;
        }

        foreach (var (task, on) in Pairs([.. later.Where(task => !following.Contains(task))], [.. earlier.Where(task => !followed.Contains(task))]))
        {
            Add(task, on, DependencyKind.Barrier);
        }
    }

    private IEnumerable<(int Task, int On)> Pairs(IReadOnlyList<int> tasks, IReadOnlyList<int> others)
    {
        var most = Math.Max(1, MostOfABarrier / Math.Max(1, tasks.Count));
        Shortened |= others.Count > most;
        return tasks.SelectMany(task => others.Skip(others.Count - Math.Min(most, others.Count)).Select(on => (task, on)));
    }

    /// <summary>The tasks with their implicit dependencies; those that are written down already are not repeated.</summary>
    public IReadOnlyList<PlanTask> Apply(IReadOnlyList<PlanTask> tasks) =>
    [
        .. tasks.Select((task, index) => edges.TryGetValue(index, out var list)
            ? task with
            {
                Implicit = [.. list.Select(edge => new ImplicitDependency(tasks[edge.On].Id, edge.Kind)).DistinctBy(edge => edge.On).Where(edge => edge.On != task.Id)],
                Parts = Shortened ? [] : [.. list.Where(edge => edge.Kind == DependencyKind.Parent).Select(edge => tasks[edge.On].Id).Where(id => id != task.Id).Distinct()],
            }
            : task),
    ];
}
