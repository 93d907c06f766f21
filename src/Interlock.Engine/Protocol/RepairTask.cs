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
        var sibling = tasks.FirstOrDefault(task => task.Story == story);
        return new WorkTask
        {
            Id = new TaskId(Name(story, number)),
            Story = story,
            Epic = sibling?.Epic,
            Title = $"Make the checks pass on {fullRef.Replace("refs/heads/", "", StringComparison.Ordinal)}",
            Priority = 0,
            Order = tasks.Count == 0 ? 0 : tasks.Max(task => task.Order) + 1,
            Module = "repair",
            Notes = "The checks fail on the branch itself, before any queued work. Nothing else lands until they pass.",
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private static string Name(StoryId story, int number) =>
        number == 1 ? $"{Prefix}{story}" : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{story}-{number}");
}
