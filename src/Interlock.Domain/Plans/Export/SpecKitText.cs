using System.Globalization;
using System.Text;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Plans.Export;

/// <summary>
/// A Spec Kit <c>tasks.md</c>: each story a phase, each task parallel, so that only what is written waits. The format has
/// numbers of its own; the old id stands in a comment behind each task.
/// </summary>
internal static class SpecKitText
{
    public static string Write(IReadOnlyList<WorkTask> tasks, IReadOnlyDictionary<StoryId, string> titles)
    {
        var numbers = tasks.Select((task, index) => (task.Id, Number: string.Create(CultureInfo.InvariantCulture, $"T{index + 1:000}"))).ToDictionary(pair => pair.Id, pair => pair.Number);
        var text = new StringBuilder("# Tasks\n");
        var story = 0;
        foreach (var group in tasks.GroupBy(task => task.Story))
        {
            story++;
            text.Append(CultureInfo.InvariantCulture, $"\n## Phase {story}: User Story {story} - {Plain(titles.GetValueOrDefault(group.Key, group.Key.Value))}\n\n");
            foreach (var task in group)
            {
                text.Append(Line(task, numbers, story)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Line(WorkTask task, Dictionary<TaskId, string> numbers, int story)
    {
        if (task.State == TaskState.Cancelled)
        {
            return $"- {numbers[task.Id]} {Plain(task.Title)} (cancelled) <!-- {task.Id} -->";
        }

        var files = task.Files.Count == 0 ? "" : $" in {PlanExport.Paths(task.Files)}";
        var waits = task.Dependencies.Count == 0 ? "" : $" (depends on {string.Join(", ", task.Dependencies.Select(id => numbers[id]))})";
        return $"- [{(task.State == TaskState.Merged ? 'x' : ' ')}] {numbers[task.Id]} [P] [US{story}] {Plain(task.Title)}{files}{waits} <!-- {task.Id} -->";
    }

    private static string Plain(string text) => TaskText.Collapse(text).Replace("<!--", "< !--", StringComparison.Ordinal);
}
