namespace Interlock.Domain.Plans;

/// <summary>What one reading of the plan said about a task, as far as people and the state may say something else.</summary>
public sealed record PlanEntry
{
    public string Title { get; init; } = "";
    public IReadOnlyList<TaskId> Dependencies { get; init; } = [];
    public IReadOnlyList<string> Files { get; init; } = [];
    public Complexity Complexity { get; init; } = Complexity.Medium;
    public int Priority { get; init; } = 1;
    public PlanStatus Status { get; init; } = PlanStatus.Pending;

    /// <summary>True when the plan no longer had the task.</summary>
    public bool Gone { get; init; }

    /// <summary>1-based line; 0 when it is gone. Two entries that differ in it alone say the same.</summary>
    public int Line { get; init; }

    // Records compare their lists by reference, so equality of content is spelled out.
    public bool SaysTheSame(PlanEntry other) =>
        Dependencies.SequenceEqual(other.Dependencies) && Files.SequenceEqual(other.Files)
        && this with { Dependencies = other.Dependencies, Files = other.Files, Line = other.Line } == other;
}

public enum PlanProposalKind
{
    /// <summary>The plan ticks a task that is not completed.</summary>
    Complete,

    /// <summary>The plan no longer ticks a completed task.</summary>
    Reopen,

    /// <summary>The plan no longer has an unfinished task, or cancels it.</summary>
    Cancel,

    /// <summary>The plan changed what somebody works on, what has landed, or what was changed here too.</summary>
    Change,

    /// <summary>An agent suggests a task that the plan does not have.</summary>
    Add,
}

/// <summary>A difference between plan and state that only a person may carry out.</summary>
/// <param name="Message">Says what differs, in one line.</param>
public sealed record PlanProposal(TaskId Task, PlanProposalKind Kind, string Message);
