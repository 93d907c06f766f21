using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Assignment;

/// <summary>Says what a task has in common with the other tasks of its agent.</summary>
internal static class Company
{
    public static IReadOnlyList<Assignment> Explain(IReadOnlyList<Assignment> assignments, IReadOnlyList<AssignableTask> tasks)
    {
        var byId = tasks.ToDictionary(task => task.Id);
        var byAgent = assignments.ToLookup(assignment => assignment.Agent, assignment => byId[assignment.Task]);
        var typeCounts = assignments.Select(assignment => (assignment.Type, assignment.Agent)).Distinct().CountBy(pair => pair.Type).ToDictionary();
        return [.. assignments.Select(given => given with { Beside = typeCounts[given.Type] == 1 ? "" : Of(byId[given.Task], byAgent[given.Agent]) })];
    }

    private static string Of(AssignableTask task, IEnumerable<AssignableTask> agents)
    {
        var others = agents.Where(other => other.Id != task.Id).OrderBy(other => other.Id).ToList();
        var weight = others.Sum(other => other.Complexity.Weight()) + task.Complexity.Weight();
        var own = Patterns(task);
        foreach (var other in others)
        {
            if (own.FirstConflict(Patterns(other)) is { } shared)
            {
                return $"with {other.Id}, which also changes {shared.Ours}";
            }
        }

        return others.FirstOrDefault(other => task.Group is not null && other.Group == task.Group) is { } mate
            ? $"with {mate.Id} of the same group"
            : string.Create(CultureInfo.InvariantCulture, $"to share the work evenly: weight {weight} with it");
    }

    private static FileSet Patterns(AssignableTask task) =>
        FileSet.Of(task.Files.Select(text => FilePattern.TryParse(text, out var pattern, out _) ? pattern : null).OfType<FilePattern>());
}
