using Interlock.Domain.Plans;

namespace Interlock.Engine.Merging;

/// <summary>Work under way on one task: what it started from and what it is now.</summary>
/// <param name="InReview">Submitted and not landed yet.</param>
/// <param name="Branch">Full ref it is to land on.</param>
/// <param name="Base">Commit it started from.</param>
/// <param name="Tree">Object id of its present content.</param>
/// <param name="Tip">Commit the branch is at.</param>
public sealed record ActiveWork(
    TaskId Task, string Title, AgentId Agent, long Fence, bool InReview, string Branch, string Base, string Tree, string Tip);

/// <summary>Two pieces of work that do not merge as they are now.</summary>
/// <param name="Other">Null when it is what has landed on the branch.</param>
/// <param name="Paths">The conflicted ones, without those a merge rule settles.</param>
public sealed record ExpectedConflict(ActiveWork Work, ActiveWork? Other, IReadOnlyList<string> Paths);

/// <summary>Which work under way will conflict, each with the branch and with each other.</summary>
/// <param name="Unread">Tasks whose worktree could not be read, with the reason; they are not in the matrix.</param>
public sealed record ConflictMatrix(
    IReadOnlyList<ActiveWork> Works, IReadOnlyList<ExpectedConflict> Conflicts, IReadOnlyDictionary<TaskId, string> Unread)
{
    /// <summary>Paths in conflict between two tasks, or between one and the branch; empty when they merge.</summary>
    public IReadOnlyList<string> Between(TaskId task, TaskId? other) => Conflicts.FirstOrDefault(conflict =>
        (conflict.Work.Task == task && conflict.Other?.Task == other) || (other is not null && conflict.Work.Task == other && conflict.Other?.Task == task))?.Paths ?? [];
}
