using Interlock.Domain.Graph;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Plans.Export;

/// <summary>A text in another tool's format.</summary>
/// <param name="LeftOut">Dependencies on tasks that were not exported; they are not in the text.</param>
public sealed record ExportedPlan(string Text, int Tasks, int LeftOut);

/// <summary>Writes tasks in the formats of other tools, for those who move on. Reading such a text gives the same tasks again.</summary>
public static class PlanExport
{
    public static IReadOnlyList<string> Formats { get; } = ["task-master", "spec-kit", "beads", "mermaid"];

    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="tasks">In any order; they are written in that of the plan.</param>
    /// <param name="titles">Titles of the stories; one that is missing is named by its id.</param>
    public static ExportedPlan Write(string format, IEnumerable<WorkTask> tasks, IReadOnlyDictionary<StoryId, string> titles)
    {
        var ordered = tasks.OrderBy(task => task.Order).ThenBy(task => task.Id).ToList();
        var ids = ordered.Select(task => task.Id).ToHashSet();
        var leftOut = ordered.Sum(task => task.Dependencies.Count(id => !ids.Contains(id)));
        var inside = ordered.Select(task => task with { Dependencies = [.. task.Dependencies.Where(ids.Contains)] }).ToList();
        var text = format switch
        {
            "task-master" => TaskMasterText.Write(inside, titles),
            "beads" => BeadsText.Write(inside),
            "spec-kit" => SpecKitText.Write(inside, titles),
            "mermaid" => GraphText.Mermaid(inside.Select(task => new GraphNode(task.Id, task.Title, StatusWords.Of(task.State), task.Dependencies))),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };
        return new ExportedPlan(text, inside.Count, leftOut);
    }

    /// <summary>Back-ticked paths; one without a folder gets a <c>./</c>, because a bare word is read as no path.</summary>
    internal static string Paths(IEnumerable<string> files) =>
        string.Join(", ", files.Select(file => file.Contains('/', StringComparison.Ordinal) ? $"`{file}`" : $"`./{file}`"));
}
