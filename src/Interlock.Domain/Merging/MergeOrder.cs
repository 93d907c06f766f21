using Interlock.Domain.Plans;

namespace Interlock.Domain.Merging;

/// <summary>A submitted change as the queue weighs it.</summary>
/// <param name="Priority">1 is most urgent; a repair of the branch has 0.</param>
/// <param name="Module">Changes of one module are likelier to break each other.</param>
public sealed record QueuedChange(TaskId Task, long Fence, string Target, LandingKind Kind, int Priority, string Module, DateTimeOffset SubmittedAt);

/// <summary>Which changes are verified next, together, and in what order they are put on the branch.</summary>
public static class MergeOrder
{
    /// <summary>Undoing first, then priority, then age. What waited longer than this goes before all, and alone if it is the only one.</summary>
    public static readonly TimeSpan DefaultMaxAge = TimeSpan.FromMinutes(30);

    /// <summary>The order in which changes are taken, all branches together.</summary>
    public static IReadOnlyList<QueuedChange> Sort(IEnumerable<QueuedChange> changes, DateTimeOffset now, TimeSpan maxAge) =>
        [.. changes
            .OrderBy(change => change.Kind == LandingKind.Undo ? 0 : 1)
            .ThenBy(change => IsOverdue(change, now, maxAge) ? 0 : 1)
            .ThenBy(change => change.Priority)
            .ThenBy(change => change.Fence)];

    /// <summary>
    /// The next batch: the first change, and with it others for the same branch, those of other modules before those
    /// of a module that is in already. Never empty unless <paramref name="changes"/> is.
    /// </summary>
    public static IReadOnlyList<QueuedChange> Pick(IReadOnlyCollection<QueuedChange> changes, int window, DateTimeOffset now, TimeSpan maxAge)
    {
        var sorted = Sort(changes, now, maxAge);
        if (sorted.Count == 0)
        {
            return [];
        }

        var first = sorted[0];
        var others = sorted.Where(change => change.Target == first.Target && change.Kind == LandingKind.Work).ToList();

        // With several overdue it is the queue that is behind: one at a time would only put it further behind.
        if (first.Kind == LandingKind.Undo || others.Count(change => IsOverdue(change, now, maxAge)) == 1)
        {
            return [first];
        }

        var apart = others.DistinctBy(change => change.Module).Take(window).ToHashSet();
        apart.UnionWith(others.Where(change => !apart.Contains(change)).Take(window - apart.Count).ToList());
        return [.. others.Where(apart.Contains)];
    }

    private static bool IsOverdue(QueuedChange change, DateTimeOffset now, TimeSpan maxAge) => now - change.SubmittedAt > maxAge;
}
