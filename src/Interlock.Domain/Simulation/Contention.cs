using Interlock.Domain.Plans;

namespace Interlock.Domain.Simulation;

/// <summary>Something that several tasks need and few can have at once.</summary>
/// <param name="Kind"><see cref="BoundKind.Files"/>, <see cref="BoundKind.Module"/> or <see cref="BoundKind.Epic"/>.</param>
/// <param name="Name">The pattern of the files, the module or the epic.</param>
/// <param name="Capacity">How many tasks can have it at once.</param>
/// <param name="Tasks">Those that need it, in natural order.</param>
/// <param name="Least">The time they need at least, with as many agents as there could be.</param>
public sealed record Contention(BoundKind Kind, string Name, int Capacity, IReadOnlyList<TaskId> Tasks, TimeSpan Least)
{
    /// <summary>The most contended first; only what more tasks need than can have it.</summary>
    public static IReadOnlyList<Contention> Rank(Workload workload)
    {
        var model = WorkModel.Of(workload);
        var shared = Resource.Of(workload, model).Where(resource => resource.Kind is BoundKind.Module or BoundKind.Epic);
        return
        [
            .. shared.Select(resource => Of(model, resource, resource.Tasks))
                .Concat(Files(workload, model).Select(resource => Of(model, resource, FileGroups.Within(model, resource.Tasks))))
                .Where(contention => contention.Tasks.Count > contention.Capacity)
                .OrderByDescending(contention => contention.Least).ThenByDescending(contention => contention.Tasks.Count)
                .ThenBy(contention => contention.Kind).ThenBy(contention => contention.Name, StringComparer.Ordinal),
        ];
    }

    private static Contention Of(WorkModel model, Resource resource, IReadOnlyList<int> counted) => new(
        resource.Kind,
        resource.Name,
        resource.Capacity,
        [.. resource.Tasks.Order().Select(task => model.Tasks[task].Id)],
        TimeSpan.FromTicks(Grains.Divide(counted.Sum(task => resource.Takes(model, task)), resource.Capacity)));

    // By the names people wrote, not by the groups a bound is made of: those overlap and have no name of their own. Two tasks
    // can both meet a pattern with wildcards and yet not each other.
    private static IEnumerable<Resource> Files(Workload workload, WorkModel model) => Enumerable.Range(0, model.Count)
        .SelectMany(task => model.Cold[task].Patterns).DistinctBy(pattern => pattern.Text)
        .Select(pattern => new Resource(
            BoundKind.Files,
            pattern.Text,
            1,
            [.. Enumerable.Range(0, model.Count).Where(task => model.Cold[task].Patterns.Any(other => other.Overlaps(pattern, workload.IgnoreCase)))],
            Guarded: true));
}
