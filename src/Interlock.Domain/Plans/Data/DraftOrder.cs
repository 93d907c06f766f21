using Interlock.Domain.Graph;

namespace Interlock.Domain.Plans.Data;

/// <summary>
/// The order a file implies without writing it: a whole waits for its parts, a part for what its whole waits for, and
/// what comes after in a sequence for what comes before. Such an edge gives way to the dependencies that are written.
/// </summary>
internal sealed class DraftOrder(
    List<DraftTask> tasks, PlanReading reading, Dictionary<string, int> byKey, TaskId[] ids, List<List<TaskId>> dependencies)
{
    private readonly HashSet<(int Index, TaskId On)> known = [];
    private readonly List<ImplicitDependency>[] implied = [.. tasks.Select(_ => new List<ImplicitDependency>())];

    /// <param name="dropped">How many edges would have closed a circle.</param>
    public IReadOnlyList<ImplicitDependency>[] Resolve(out int dropped)
    {
        for (var index = 0; index < tasks.Count; index++)
        {
            AddSequence(index);
            AddFamily(index);
        }

        dropped = DropCircles();
        return [.. implied];
    }

    private void AddSequence(int index)
    {
        foreach (var (key, kind) in tasks[index].After)
        {
            if (byKey.TryGetValue(key, out var before))
            {
                Add(index, ids[before], kind);
            }
        }
    }

    private void AddFamily(int index)
    {
        if (tasks[index].ParentKey is null)
        {
            return;
        }

        var seen = new HashSet<int> { index };
        for (var at = index; tasks[at].ParentKey is { } key && byKey.TryGetValue(key, out var parent) && seen.Add(parent); at = parent)
        {
            if (at == index && tasks[index].Status != PlanStatus.Cancelled)
            {
                Add(parent, ids[index], DependencyKind.Parent);
            }

            foreach (var id in dependencies[parent])
            {
                Add(index, id, DependencyKind.Parent);
            }
        }
    }

    private void Add(int index, TaskId on, DependencyKind kind)
    {
        if (reading.Keeps(kind) && ids[index] != on && !dependencies[index].Contains(on) && known.Add((index, on)))
        {
            implied[index].Add(new ImplicitDependency(on, kind));
        }
    }

    private int DropCircles()
    {
        if (implied.All(edges => edges.Count == 0) || AcyclicCheck.IsAcyclic(ids, index => dependencies[index].Concat(implied[index].Select(edge => edge.On))))
        {
            return 0;
        }

        var graph = TaskGraph.Build(ids.Select((id, index) => new TaskNode(id, [.. dependencies[index], .. implied[index].Select(edge => edge.On)])));
        var knots = new Dictionary<TaskId, int>();
        for (var knot = 0; knot < graph.Cycles.Count; knot++)
        {
            foreach (var id in graph.Cycles[knot])
            {
                knots.Add(id, knot);
            }
        }

        var dropped = 0;
        for (var index = 0; index < ids.Length; index++)
        {
            if (knots.TryGetValue(ids[index], out var knot))
            {
                dropped += implied[index].RemoveAll(edge => knots.TryGetValue(edge.On, out var other) && other == knot);
            }
        }

        return dropped;
    }
}
