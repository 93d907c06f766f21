using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// Where a task stands. <see cref="Blocked"/> and <see cref="Ready"/> are one stored state, told apart by
/// whether every dependency has merged; see docs/task-states.md for the moves between them.
/// </summary>
public enum TaskState
{
    Blocked,
    Ready,
    Running,
    Submitted,
    Merging,
    Merged,
    Dead,
    Cancelled,
}

/// <summary>A task of the plan together with what has happened to it.</summary>
public sealed record WorkTask
{
    public required TaskId Id { get; init; }
    public required StoryId Story { get; init; }
    public string? Epic { get; init; }
    public string? Group { get; init; }
    public required string Title { get; init; }

    /// <summary>Position in the plan; ties are broken by it wherever the plan's order should show.</summary>
    public int Order { get; init; }

    public TaskState State { get; init; } = TaskState.Ready;
    public Complexity Complexity { get; init; } = Complexity.Medium;

    /// <summary>1 is most urgent.</summary>
    public int Priority { get; init; } = 1;

    public IReadOnlyList<TaskId> Dependencies { get; init; } = [];

    /// <summary>Patterns the task will touch; empty means unknown.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public AgentId? AssignedAgent { get; init; }
    public string? AgentType { get; init; }

    /// <summary>The agent the plan itself names for the task.</summary>
    public AgentId? PlanAgent { get; init; }

    /// <summary>False for a task that was added in the status file.</summary>
    public bool FromPlan { get; init; }

    /// <summary>Repo-relative file of the plan it came from, and that plan's format; null means the configured story plan.</summary>
    public string? PlanPath { get; init; }

    public string? PlanFormat { get; init; }

    /// <summary>What the plan said when plan and state last agreed; null for a task that is not from a plan.</summary>
    public PlanEntry? PlanBase { get; init; }

    /// <summary>What the plan says where it is proposed only; see <see cref="PlanMerge"/>. Null when nothing is open.</summary>
    public PlanEntry? PlanNow { get; init; }

    /// <summary>Tasks that do all of its work: it is completed with the last of them and given to nobody. Null for a task with work of its own.</summary>
    public IReadOnlyList<TaskId>? Parts { get; init; }

    /// <summary>Tasks of one module share a limit. The group heading unless configured by globs.</summary>
    public string Module { get; init; } = "";

    /// <summary>Attempts that were used up, counted from 1 with the first claim in an automated run.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset? NotBefore { get; init; }
    public string? LastError { get; init; }

    /// <summary>Why no one may claim it although it is open: a problem of the plan.</summary>
    public string? HeldBecause { get; init; }

    /// <summary>Claims that overlapped this task's files while it waited for them (L2).</summary>
    public int Bypasses { get; init; }

    /// <summary>When the first of them was granted; null while there is none.</summary>
    public DateTimeOffset? PassedAt { get; init; }

    /// <summary>For people: when it was first refused files.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Revision of the log at that moment: who waits longer is told by it, whichever way the clock is set.</summary>
    public long? WaitingFrom { get; init; }

    /// <summary>How often it gave its files back to wait for more.</summary>
    public int Parks { get; init; }

    public string? Notes { get; init; }

    /// <summary>What landed; null for work completed without a commit.</summary>
    public string? Commit { get; init; }

    /// <summary>How it was completed: <c>landed</c>, <c>baseline</c>, <c>by-hand</c>, <c>no-code</c>, <c>parts</c>.</summary>
    public string? CompletedHow { get; init; }

    /// <summary>Sealed commit of the attempt before, and the commit it started from.</summary>
    public string? PriorCommit { get; init; }

    public string? PriorBase { get; init; }
    public string? LastLog { get; init; }

    /// <summary>How often its work conflicted with what landed meanwhile; see ConflictLadder.</summary>
    public int Conflicts { get; init; }

    /// <summary>Somebody else should try now, if anybody else is there.</summary>
    public AgentId? AvoidAgent { get; init; }

    /// <summary>Protected paths the finished work in <see cref="PriorCommit"/> touches, to which a person has to agree; null when none.</summary>
    public IReadOnlyList<string>? AwaitsApproval { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Members of the status file that are not ours, as a JSON object; they survive every round trip.</summary>
    public string? Extra { get; init; }

    /// <summary>Number of the attempt that starts next, from 1: conflicts cost none of the attempts, yet each was a start.</summary>
    public int NextAttempt => Attempts + Conflicts + 1;

    public bool IsOpen => State is TaskState.Ready or TaskState.Blocked;
    public bool IsWhole => Parts is { Count: > 0 };
    public bool IsFinished => State is TaskState.Merged or TaskState.Cancelled;
}

/// <summary>The six words of the status file for the eight states.</summary>
public static class StatusWords
{
    public const string Pending = "pending";
    public const string InProgress = "in_progress";
    public const string Review = "review";
    public const string Completed = "completed";
    public const string Blocked = "blocked";
    public const string Cancelled = "cancelled";

    public static string Of(TaskState state) => state switch
    {
        TaskState.Blocked or TaskState.Ready => Pending,
        TaskState.Running => InProgress,
        TaskState.Submitted or TaskState.Merging => Review,
        TaskState.Merged => Completed,
        TaskState.Dead => Blocked,
        TaskState.Cancelled => Cancelled,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
