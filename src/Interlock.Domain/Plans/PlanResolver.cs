using Interlock.Domain.Graph;

namespace Interlock.Domain.Plans;

/// <summary>
/// Settles ids and dependencies once all tasks are read. A task with a problem is held back; those that wait for it just wait.
/// Ids that differ only in case are the same id: they become file names on systems that cannot tell them apart.
/// </summary>
/// <param name="idOf">From an id as a task names it to the id in the plan; null where they are the same.</param>
internal sealed class PlanResolver(PlanProblems problems, ExcludedCheckboxes excluded, Func<string, string>? idOf = null)
{
    private const int MostNamedInCycle = 200;

    private readonly Dictionary<string, int> indexes = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<PlanTask> kept = [];

    public IReadOnlyList<PlanTask> Resolve(IReadOnlyList<PlanTask> tasks)
    {
        foreach (var task in tasks)
        {
            Keep(task);
        }

        for (var i = 0; i < kept.Count; i++)
        {
            kept[i] = WithDependencies(kept[i]);
        }

        ReportCycles();
        new ImpliedCycles(problems).Break(kept);
        return kept;
    }

    private void Keep(PlanTask task)
    {
        if (indexes.TryAdd(task.Id.Value, kept.Count))
        {
            kept.Add(task);
            return;
        }

        var index = indexes[task.Id.Value];
        var first = kept[index];
        excluded.Count();
        HoldBack(index, "duplicate-task");
        problems.Error(
            "duplicate-task", task.Line, $"task {task.Id} on line {task.Line} has the id of task {first.Id} on line {first.Line}",
            "Give one of the two an id of its own.");
    }

    private PlanTask WithDependencies(PlanTask task)
    {
        var dependencies = new List<TaskId>();
        var problem = task.Problem;
        foreach (var written in task.DependenciesAsWritten.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (!indexes.TryGetValue(idOf?.Invoke(written) ?? written, out var index))
            {
                problem ??= "dangling-dependency";
                ReportDangling(task, written);
                continue;
            }

            dependencies.Add(kept[index].Id);
            if (kept[index].Id == task.Id)
            {
                problem ??= "self-dependency";
                problems.Error(
                    "self-dependency", task.Line, $"task {task.Id} depends on itself", $"Remove {task.Id} from its own dependencies.");
            }
        }

        return task with { Dependencies = dependencies, Problem = problem };
    }

    private void ReportDangling(PlanTask task, string written)
    {
        var outside = excluded.OutsideLineOf(written);
        problems.Error(
            "dangling-dependency", task.Line,
            outside > 0
                ? $"task {task.Id} depends on '{written}', which stands outside any story on line {outside}"
                : $"task {task.Id} depends on '{written}', and no task has that id",
            outside > 0 ? $"Move task {written} under a story heading." : "Correct the id, add the task or remove the dependency.");
    }

    private void ReportCycles()
    {
        if (AcyclicCheck.IsAcyclic([.. kept.Select(task => task.Id)], index => kept[index].Dependencies))
        {
            return;
        }

        var graph = TaskGraph.Build(kept.Select(task => new TaskNode(task.Id, task.Dependencies)));
        foreach (var cycle in graph.Cycles.Where(cycle => cycle.Count > 1))
        {
            foreach (var id in cycle)
            {
                HoldBack(indexes[id.Value], "cycle");
            }

            var way = graph.CycleThrough(cycle[0]);
            var named = way.ToHashSet();
            var others = cycle.Where(id => !named.Contains(id)).ToList();
            problems.Error(
                "cycle", kept[indexes[way[0].Value]].Line,
                $"tasks wait for one another: {Named(way, " → ")}" + (others.Count > 0 ? $"; caught in the same knot: {Named(others, ", ")}" : ""),
                "Remove one of these dependencies.");
        }
    }

    private void HoldBack(int index, string problem) => kept[index] = kept[index] with { Problem = kept[index].Problem ?? problem };

    private string Named(IReadOnlyList<TaskId> ids, string separator)
    {
        var shown = string.Join(separator, ids.Take(MostNamedInCycle).Select(id => $"{id} (line {kept[indexes[id.Value]].Line})"));
        return ids.Count > MostNamedInCycle ? $"{shown}{separator}and {ids.Count - MostNamedInCycle} more" : shown;
    }
}
