using Interlock.Domain.Graph;
using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans.Data;

/// <summary>
/// Settles ids and dependencies of a draft. The resolved tasks stand in the order of the draft. A task with a problem is
/// held back; those that wait for it just wait.
/// </summary>
internal sealed class DraftResolver(PlanDraft draft)
{
    private const int MostNamedInCycle = 200;

    private readonly List<DraftTask> tasks = draft.Tasks;
    private readonly TaskId[] ids = new TaskId[draft.Tasks.Count];
    private readonly string?[] held = new string?[draft.Tasks.Count];
    private readonly Dictionary<string, int> byKey = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<TaskId, int> byId = [];

    public IReadOnlyList<PlanTask> Resolve()
    {
        AssignIds();
        var dependencies = tasks.Select((task, index) => Dependencies(task, index)).ToList();
        ReportCycles(dependencies);
        var implied = new DraftOrder(tasks, draft.Reading, byKey, ids, dependencies).Resolve(out var dropped);
        if (dropped > 0)
        {
            draft.Info(
                draft.Input.Source, "order-dropped", 0, $"{Counted.Of(dropped, "edge")} of the file's own order would close a circle and {(dropped == 1 ? "is" : "are")} left out",
                "Nothing to do: the dependencies that are written say otherwise.");
        }

        var parts = Parts(dependencies, implied);
        return [.. tasks.Select((task, index) => ToPlanTask(task, index, dependencies[index], implied[index]) with { Parts = parts[index] })];
    }

    /// <summary>The tasks below each one that waits for all of them; one that does not has work of its own.</summary>
    private IReadOnlyList<TaskId>[] Parts(List<List<TaskId>> dependencies, IReadOnlyList<ImplicitDependency>[] implied)
    {
        var below = tasks.Select(_ => new List<TaskId>()).ToArray();
        for (var index = 0; index < tasks.Count; index++)
        {
            if (tasks[index].Status != PlanStatus.Cancelled && tasks[index].ParentKey is { } key && byKey.TryGetValue(key, out var parent) && parent != index)
            {
                below[parent].Add(ids[index]);
            }
        }

        for (var index = 0; index < tasks.Count; index++)
        {
            var awaited = below[index].Count == 0 ? [] : dependencies[index].Concat(implied[index].Select(edge => edge.On)).ToHashSet();
            if (!below[index].TrueForAll(awaited.Contains))
            {
                below[index] = [];
            }
        }

        return below;
    }

    private void AssignIds()
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var index in Enumerable.Range(0, tasks.Count).OrderBy(index => tasks[index].Rank))
        {
            var task = tasks[index];
            if (!byKey.TryAdd(task.Key, index))
            {
                ReportDuplicate(byKey[task.Key], index);
            }

            var id = DraftIds.From(task.WantedId);
            for (var copy = 2; !taken.Add(id); copy++)
            {
                id = DraftIds.From($"{Shortened(task.WantedId)}-{DraftIds.Hash(task.Path, task.Title, copy == 2 ? "" : $"{copy}")}");
            }

            ids[index] = new TaskId(id);
            byId.Add(ids[index], index);
            held[index] ??= task.Problem;
        }

        foreach (var index in Enumerable.Range(0, tasks.Count).OrderBy(index => tasks[index].Rank))
        {
            foreach (var alias in tasks[index].Aliases)
            {
                byKey.TryAdd(alias, index);
            }
        }
    }

    private static string Shortened(string id) => id.Length > 55 ? id[..55] : id;

    private void ReportDuplicate(int first, int second)
    {
        var (one, other) = (tasks[first], tasks[second]);
        if (one.Rank < other.Rank)
        {
            draft.Warning(
                other.Path, "duplicate-task", other.Line,
                $"'{other.SourceId}' is also the id of '{Short(one.Title)}', which is the current one; dependencies mean that one",
                "Give one of the two an id of its own.");
            return;
        }

        held[first] = held[second] = "duplicate-task";
        draft.Error(
            other.Path, "duplicate-task", other.Line,
            $"'{other.SourceId}' on line {other.Line} is also the id of '{Short(one.Title)}' on line {one.Line}{(one.Path == other.Path ? "" : $" of {one.Path}")}",
            "Give one of the two an id of its own.");
    }

    private List<TaskId> Dependencies(DraftTask task, int index)
    {
        var found = new List<TaskId>();
        foreach (var written in task.Dependencies.DistinctBy(dependency => dependency.Written, StringComparer.OrdinalIgnoreCase))
        {
            var key = written.Keys.FirstOrDefault(byKey.ContainsKey);
            if (key is null)
            {
                ReportDangling(task, index, written);
            }
            else if (byKey[key] == index)
            {
                held[index] ??= "self-dependency";
                draft.Error(task.Path, "self-dependency", task.Line, $"task {ids[index]} depends on itself", $"Remove {written.Written} from its own dependencies.");
            }
            else if (written.Waits && !found.Contains(ids[byKey[key]]))
            {
                found.Add(ids[byKey[key]]);
            }
        }

        return found;
    }

    private void ReportDangling(DraftTask task, int index, DraftDependency written)
    {
        var message = $"task {ids[index]} depends on '{Short(written.Written)}', and no task has that id";
        if (written.MayDangle || !written.Waits)
        {
            draft.Info(task.Path, "dangling-dependency", task.Line, message, "Nothing waits for it.");
            return;
        }

        held[index] ??= "dangling-dependency";
        draft.Error(task.Path, "dangling-dependency", task.Line, message, "Correct the id, add the task or remove the dependency.");
    }

    private void ReportCycles(List<List<TaskId>> dependencies)
    {
        if (AcyclicCheck.IsAcyclic(ids, index => dependencies[index]))
        {
            return;
        }

        var graph = TaskGraph.Build(ids.Select((id, index) => new TaskNode(id, dependencies[index])));
        foreach (var cycle in graph.Cycles.Where(cycle => cycle.Count > 1))
        {
            foreach (var id in cycle)
            {
                held[byId[id]] ??= "cycle";
            }

            var way = graph.CycleThrough(cycle[0]);
            var task = tasks[byId[way[0]]];
            var shown = string.Join(" → ", way.Take(MostNamedInCycle).Select(id => $"{id} (line {tasks[byId[id]].Line})"));
            draft.Error(
                task.Path, "cycle", task.Line, $"tasks wait for one another: {shown}{(way.Count > MostNamedInCycle ? " → …" : "")}",
                "Remove one of these dependencies.");
        }
    }

    private PlanTask ToPlanTask(DraftTask task, int index, List<TaskId> dependencies, IReadOnlyList<ImplicitDependency> implied) => new(
        ids[index], task.SourceId, task.Story, task.Group, task.Title,
        task.Status switch { PlanStatus.Done => PlanMark.Done, PlanStatus.Unknown => PlanMark.Unknown, _ => PlanMark.Pending },
        task.Complexity, [.. task.Dependencies.Select(dependency => dependency.Written)], dependencies, task.Files, task.Agent, task.Line,
        task.MarkOffset, held[index])
    {
        Implicit = implied,
        Status = task.Status,
        StatusAsWritten = task.StatusAsWritten,
        SourcePath = task.Path,
    };

    private static string Short(string text) => text.Length > 120 ? $"{text[..119]}…" : text;
}
