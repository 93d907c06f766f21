using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Protocol;

/// <summary>The one task that is opened when the checks fail on a branch itself.</summary>
internal static class RepairTask
{
    public static bool IsFor(WorkTask task, StoryId story) =>
        task.Story == story && !task.FromPlan && TaskNames.IsNumbered(task.Id.Value, TaskNames.Repair(story));

    public static WorkTask New(IReadOnlyList<WorkTask> tasks, StoryId story, string fullRef, DateTimeOffset now)
    {
        var used = tasks.Select(task => task.Id.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var id = Enumerable.Range(1, used.Count + 1).Select(n => TaskNames.Numbered(TaskNames.Repair(story), n)).First(name => !used.Contains(name.Value));
        return New(tasks, id, story, fullRef, now);
    }

    /// <summary>
    /// A repair whose work is on a branch and which a rebuilt state does not know, for it is in no plan. Forgotten, its id would
    /// be given to the next repair, and two works would have one name. Null when the id is none of a known story's repairs.
    /// </summary>
    public static WorkTask? FoundOn(string fullRef, TaskId id, IReadOnlyList<WorkTask> tasks, DateTimeOffset now) =>
        tasks.FirstOrDefault(task => TaskNames.IsNumbered(id.Value, TaskNames.Repair(task.Story))) is { } sibling ? New(tasks, id, sibling.Story, fullRef, now) : null;

    private static WorkTask New(IReadOnlyList<WorkTask> tasks, TaskId id, StoryId story, string fullRef, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Story = story,
            Epic = tasks.FirstOrDefault(task => task.Story == story)?.Epic,
            Title = $"Make the checks pass on {fullRef.Replace("refs/heads/", "", StringComparison.Ordinal)}",
            Priority = 0,
            Order = tasks.Count == 0 ? 0 : tasks.Max(task => task.Order) + 1,
            Module = "repair",
            Notes = "The checks fail on the branch itself, before any queued work. Nothing else lands until they pass.",
            CreatedAt = now,
            UpdatedAt = now,
        };
}
