using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Protocol;

/// <summary>The one task that is opened when the checks fail on a branch itself.</summary>
internal static class RepairTask
{
    private const string Prefix = "repair-";

    public static bool IsFor(WorkTask task, StoryId story) =>
        task.Story == story && !task.FromPlan && task.Id.Value.StartsWith(Prefix, StringComparison.Ordinal);

    public static WorkTask New(IReadOnlyList<WorkTask> tasks, StoryId story, string fullRef, DateTimeOffset now)
    {
        var used = tasks.Select(task => task.Id.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var number = Enumerable.Range(1, used.Count + 1).First(n => !used.Contains(Name(story, n)));
        return New(tasks, new TaskId(Name(story, number)), story, fullRef, now);
    }

    /// <summary>
    /// A repair whose work is on a branch and which a rebuilt state does not know, for it is in no plan. Forgotten, its id would
    /// be given to the next repair, and two works would have one name. Null when the id is none of a known story's repairs.
    /// </summary>
    public static WorkTask? FoundOn(string fullRef, TaskId id, IReadOnlyList<WorkTask> tasks, DateTimeOffset now)
    {
        foreach (var story in tasks.Select(task => task.Story).Distinct())
        {
            var name = Name(story, 1);
            if (id.Value == name || (id.Value.StartsWith($"{name}-", StringComparison.Ordinal) && !id.Value.AsSpan(name.Length + 1).ContainsAnyExceptInRange('0', '9')))
            {
                return New(tasks, id, story, fullRef, now);
            }
        }

        return null;
    }

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

    private static string Name(StoryId story, int number) =>
        number == 1 ? $"{Prefix}{story}" : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{story}-{number}");
}
