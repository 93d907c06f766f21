using Interlock.Domain.Plans;

namespace Interlock.Domain.Graph;

/// <summary>
/// Which task waits for which. Everything it answers depends only on the set of tasks and dependencies, never on the
/// order they were given in. Asking for a task it does not hold throws <see cref="KeyNotFoundException"/>.
/// </summary>
public sealed class TaskGraph
{
    private readonly TaskId[] ids;
    private readonly Dictionary<TaskId, int> indexes;
    private readonly int[][] dependencies;
    private readonly int[][] dependants;
    private readonly int[] components;
    private readonly bool[] waitsOnCycle;
    private readonly int[] order;

    private TaskGraph(TaskId[] ids, Dictionary<TaskId, int> indexes, int[][] dependencies, IReadOnlyList<UnknownDependency> unknown)
    {
        this.ids = ids;
        this.indexes = indexes;
        this.dependencies = dependencies;
        UnknownDependencies = unknown;
        dependants = Reverse(dependencies);
        components = Components.Find(dependencies);
        var cycles = FindCycles();
        Cycles = [.. cycles.Select(Ids)];
        waitsOnCycle = Downstream(cycles.SelectMany(cycle => cycle));
        order = FindOrder();
        TopologicalOrder = Ids(order);
    }

    /// <summary>All tasks in natural order of their ids.</summary>
    public IReadOnlyList<TaskId> Tasks => ids;

    /// <summary>Dependencies on tasks outside the graph, by task and in the order given.</summary>
    public IReadOnlyList<UnknownDependency> UnknownDependencies { get; }

    /// <summary>Groups of tasks that wait for one another, and tasks that wait for themselves; natural order inside and out.</summary>
    public IReadOnlyList<IReadOnlyList<TaskId>> Cycles { get; }

    /// <summary>
    /// Every task after its dependencies, in natural order among equals. Tasks on a cycle, and those waiting for them,
    /// come last.
    /// </summary>
    public IReadOnlyList<TaskId> TopologicalOrder { get; }

    /// <summary>
    /// Most tasks on one level when each task stands on the earliest level its dependencies allow: a quick lower bound of
    /// how many can run at once, not the maximum antichain. Tasks that wait on a cycle never run and are not counted.
    /// </summary>
    public int Width
    {
        get
        {
            var levels = new int[ids.Length];
            var sizes = new int[ids.Length];
            foreach (var task in order.Where(task => !waitsOnCycle[task]))
            {
                levels[task] = dependencies[task].Select(dependency => levels[dependency] + 1).DefaultIfEmpty(0).Max();
                sizes[levels[task]]++;
            }

            return sizes.DefaultIfEmpty(0).Max();
        }
    }

    /// <summary>Builds the graph; nodes given twice under one id are merged, and so are repeated dependencies.</summary>
    public static TaskGraph Build(IEnumerable<TaskNode> nodes)
    {
        var merged = nodes.GroupBy(node => node.Id).OrderBy(group => group.Key).ToArray();
        var ids = merged.Select(group => group.Key).ToArray();
        var indexes = new Dictionary<TaskId, int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            indexes.Add(ids[i], i);
        }

        var unknown = new List<UnknownDependency>();
        var dependencies = new int[ids.Length][];
        for (var i = 0; i < ids.Length; i++)
        {
            var named = merged[i].SelectMany(node => node.DependsOn).Distinct().ToList();
            dependencies[i] = [.. named.Where(indexes.ContainsKey).Select(id => indexes[id]).Order()];
            unknown.AddRange(named.Where(id => !indexes.ContainsKey(id)).Order().Select(id => new UnknownDependency(ids[i], id)));
        }

        return new TaskGraph(ids, indexes, dependencies, unknown);
    }

    public bool Contains(TaskId id) => indexes.ContainsKey(id);

    /// <summary>The tasks this one waits for, in natural order.</summary>
    public IReadOnlyList<TaskId> DependenciesOf(TaskId id) => Ids(dependencies[indexes[id]]);

    /// <summary>The tasks waiting for this one, in natural order.</summary>
    public IReadOnlyList<TaskId> DependantsOf(TaskId id) => Ids(dependants[indexes[id]]);

    /// <summary>All tasks that must land before this one, directly or through others; itself only when it is on a cycle.</summary>
    public IReadOnlySet<TaskId> Closure(TaskId id)
    {
        var reached = Reach(dependencies[indexes[id]], dependencies);
        return ids.Where((_, index) => reached[index]).ToHashSet();
    }

    /// <summary>
    /// For each task the longest path from it to a task nothing waits for, its own duration included.
    /// Dependencies inside a cycle are left out.
    /// </summary>
    public IReadOnlyDictionary<TaskId, double> RemainingPath(Func<TaskId, double> duration)
    {
        var (remaining, _) = LongestPaths(duration);
        return indexes.ToDictionary(entry => entry.Key, entry => remaining[entry.Value]);
    }

    /// <summary>The longest of the remaining paths; among equals the one with the naturally first tasks.</summary>
    public CriticalPath CriticalPath(Func<TaskId, double> duration)
    {
        if (ids.Length == 0)
        {
            return new CriticalPath([], 0);
        }

        var (remaining, next) = LongestPaths(duration);
        var start = 0;
        for (var task = 1; task < ids.Length; task++)
        {
            start = remaining[task] > remaining[start] ? task : start;
        }

        var path = new List<TaskId>();
        for (var task = start; task >= 0; task = next[task])
        {
            path.Add(ids[task]);
        }

        return new CriticalPath(path, remaining[start]);
    }

    /// <summary>
    /// A shortest way from the task along its dependencies back to itself, beginning and ending with it;
    /// empty when the task is on no cycle.
    /// </summary>
    public IReadOnlyList<TaskId> CycleThrough(TaskId id)
    {
        var start = indexes[id];
        var cameFrom = new Dictionary<int, int>();
        var queue = new Queue<int>([start]);
        while (queue.TryDequeue(out var task))
        {
            foreach (var dependency in dependencies[task].Where(dependency => components[dependency] == components[start]))
            {
                if (!cameFrom.TryAdd(dependency, task))
                {
                    continue;
                }

                if (dependency == start)
                {
                    return WayBack(start, cameFrom);
                }

                queue.Enqueue(dependency);
            }
        }

        return [];
    }

    private List<TaskId> WayBack(int start, Dictionary<int, int> cameFrom)
    {
        var way = new List<TaskId> { ids[start] };
        for (var task = cameFrom[start]; task != start; task = cameFrom[task])
        {
            way.Add(ids[task]);
        }

        way.Add(ids[start]);
        way.Reverse();
        return way;
    }

    private (double[] Remaining, int[] Next) LongestPaths(Func<TaskId, double> duration)
    {
        var remaining = new double[ids.Length];
        var next = new int[ids.Length];
        foreach (var task in order.Reverse())
        {
            next[task] = -1;
            foreach (var dependant in dependants[task].Where(dependant => components[dependant] != components[task]))
            {
                next[task] = next[task] < 0 || remaining[dependant] > remaining[next[task]] ? dependant : next[task];
            }

            remaining[task] = duration(ids[task]) + (next[task] < 0 ? 0 : remaining[next[task]]);
        }

        return (remaining, next);
    }

    private int[][] FindCycles() =>
    [
        .. Enumerable.Range(0, ids.Length)
            .GroupBy(task => components[task])
            .Where(group => group.Skip(1).Any() || dependencies[group.First()].Contains(group.First()))
            .Select(group => group.ToArray())
            .OrderBy(cycle => cycle[0]),
    ];

    private bool[] Downstream(IEnumerable<int> cyclic)
    {
        var roots = cyclic.ToArray();
        var reached = Reach(roots, dependants);
        foreach (var root in roots)
        {
            reached[root] = true;
        }

        return reached;
    }

    private int[] FindOrder()
    {
        var waiting = new int[ids.Length];
        var ready = new PriorityQueue<int, (bool WaitsOnCycle, int Index)>();
        for (var task = 0; task < ids.Length; task++)
        {
            waiting[task] = dependencies[task].Count(dependency => components[dependency] != components[task]);
            if (waiting[task] == 0)
            {
                ready.Enqueue(task, (waitsOnCycle[task], task));
            }
        }

        var ordered = new List<int>(ids.Length);
        while (ready.TryDequeue(out var task, out _))
        {
            ordered.Add(task);
            foreach (var dependant in dependants[task].Where(dependant => components[dependant] != components[task]))
            {
                if (--waiting[dependant] == 0)
                {
                    ready.Enqueue(dependant, (waitsOnCycle[dependant], dependant));
                }
            }
        }

        return [.. ordered];
    }

    private static bool[] Reach(IEnumerable<int> roots, int[][] edges)
    {
        var reached = new bool[edges.Length];
        var open = new Stack<int>(roots);
        while (open.TryPop(out var task))
        {
            if (reached[task])
            {
                continue;
            }

            reached[task] = true;
            foreach (var target in edges[task])
            {
                open.Push(target);
            }
        }

        return reached;
    }

    private static int[][] Reverse(int[][] edges)
    {
        var reversed = new List<int>[edges.Length];
        for (var i = 0; i < edges.Length; i++)
        {
            reversed[i] = [];
        }

        for (var from = 0; from < edges.Length; from++)
        {
            foreach (var to in edges[from])
            {
                reversed[to].Add(from);
            }
        }

        return [.. reversed.Select(list => list.ToArray())];
    }

    private TaskId[] Ids(IEnumerable<int> tasks) => [.. tasks.Select(task => ids[task])];
}
