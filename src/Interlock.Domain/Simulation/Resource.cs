using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Simulation;

/// <summary>Something of which at most <paramref name="Capacity"/> tasks can have a share at once.</summary>
/// <param name="Guarded">True when a task keeps its share until it has landed.</param>
internal sealed record Resource(BoundKind Kind, string Name, int Capacity, int[] Tasks, bool Guarded)
{
    /// <summary>The resources that can hold work up: agents, modules, epics and groups of tasks that share files.</summary>
    public static IReadOnlyList<Resource> Of(Workload workload, WorkModel model)
    {
        var working = Enumerable.Range(0, model.Count).Where(task => !model.Tasks[task].IsWhole).ToArray();
        var limits = workload.Limits;
        var resources = new List<Resource> { new(BoundKind.Agents, "", Math.Max(1, AgentsOf(workload)), working, Guarded: false) };
        resources.AddRange(working.GroupBy(task => model.Tasks[task].Module, StringComparer.Ordinal)
            .Select(group => new Resource(BoundKind.Module, group.Key, Math.Max(1, limits.PerModule), [.. group], Guarded: false)));
        resources.AddRange(working.Where(task => model.Tasks[task].Epic is not null).GroupBy(task => model.Tasks[task].Epic!, StringComparer.Ordinal)
            .Select(group => new Resource(BoundKind.Epic, group.Key, Math.Max(1, limits.PerEpic), [.. group], Guarded: false)));
        resources.AddRange(FileGroups.Find(model).Select(group => new Resource(BoundKind.Files, group.Name, 1, group.Tasks, Guarded: true)));
        return [.. resources.Where(resource => resource.Tasks.Length > 1)];
    }

    /// <summary>How many can work at once, with the limits of their types.</summary>
    public static int AgentsOf(Workload workload) => Math.Min(
        workload.Limits.Agents,
        workload.Workers.GroupBy(worker => worker.Type, StringComparer.Ordinal)
            .Sum(type => Math.Min(type.Count(), workload.Limits.PerType.TryGetValue(type.Key, out var most) ? most : int.MaxValue)));

    /// <summary>Ticks a task keeps its share.</summary>
    public long Takes(WorkModel model, int task) => model.Slot[task] + (Guarded ? model.Lag[task] : 0);
}

/// <summary>Finds groups of tasks of which no two can run at once, heaviest first within a group.</summary>
internal static class FileGroups
{
    public static IEnumerable<(string Name, int[] Tasks)> Find(WorkModel model)
    {
        var conflicts = model.Conflicts.Select(list => list.ToHashSet()).ToArray();
        var seen = new HashSet<string>();
        foreach (var start in Enumerable.Range(0, model.Count).Where(task => conflicts[task].Count > 0))
        {
            foreach (var candidates in Starts(model, start, conflicts))
            {
                int[] tasks = [.. Grow(model, start, candidates, conflicts).Order()];
                if (seen.Add(string.Join(',', tasks)))
                {
                    yield return (NameOf(model, tasks), tasks);
                }
            }
        }
    }

    /// <summary>A heavy group among these tasks.</summary>
    public static IReadOnlyList<int> Within(WorkModel model, int[] tasks)
    {
        var conflicts = model.Conflicts.Select(list => list.ToHashSet()).ToArray();
        return tasks.Select(start => Grow(model, start, conflicts[start].Intersect(tasks), conflicts))
            .MaxBy(group => group.Sum(task => model.Slot[task])) ?? [];
    }

    private static List<int> Grow(WorkModel model, int start, IEnumerable<int> candidates, HashSet<int>[] conflicts)
    {
        var group = new List<int> { start };
        foreach (var task in candidates.OrderByDescending(task => model.Slot[task]).ThenBy(task => task))
        {
            if (group.TrueForAll(conflicts[task].Contains))
            {
                group.Add(task);
            }
        }

        return group;
    }

    // One group as heavy as it comes, and one about each of the task's own files.
    private static IEnumerable<IEnumerable<int>> Starts(WorkModel model, int start, HashSet<int>[] conflicts)
    {
        foreach (var pattern in model.Cold[start].Patterns.Where(pattern => pattern.IsExact))
        {
            yield return conflicts[start].Where(task => model.Cold[task].Covers(pattern.Text));
        }

        yield return conflicts[start];
    }

    // The file most of them name; among equals the first.
    private static string NameOf(WorkModel model, int[] tasks) => tasks
        .SelectMany(task => model.Cold[task].Patterns.Select(pattern => pattern.Text))
        .CountBy(text => text, StringComparer.Ordinal)
        .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal)
        .Select(count => count.Key).FirstOrDefault("");
}
