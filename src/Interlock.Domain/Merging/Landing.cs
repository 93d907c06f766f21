using Interlock.Domain.Plans;

namespace Interlock.Domain.Merging;

/// <summary>How far submitted work has come on its way into the branch.</summary>
public enum LandingState
{
    /// <summary>Sealed and waiting for its turn.</summary>
    Submitted,

    /// <summary>Verified; the intent to move the branch is stored, the branch may or may not have moved.</summary>
    Merging,
    Landed,
    Returned,
}

/// <summary>What a landing brings.</summary>
public enum LandingKind
{
    /// <summary>What an agent did for a task.</summary>
    Work,

    /// <summary>The reverse of work that landed before, asked for by a person.</summary>
    Undo,
}

/// <summary>
/// Work of one lease on its way to the branch. From the moment it is stored the lease may lapse: the work is
/// an immutable commit. The intent is written before git is touched, so that whoever finds it later can finish or
/// undo exactly that move.
/// </summary>
public sealed record Landing
{
    public required TaskId Task { get; init; }
    public required long Fence { get; init; }
    public required AgentId Agent { get; init; }
    public LandingKind Kind { get; init; }

    /// <summary>The task whose work an undo takes back; null for work.</summary>
    public TaskId? Undoes { get; init; }

    /// <summary>Full ref the work goes to, such as <c>refs/heads/interlock/2.5</c>.</summary>
    public required string Target { get; init; }

    public required string Base { get; init; }
    public required string Commit { get; init; }
    public LandingState State { get; init; } = LandingState.Submitted;

    /// <summary>Where the branch stood when the intent was stored.</summary>
    public string? IntentOld { get; init; }

    /// <summary>The commit this work becomes on the branch.</summary>
    public string? IntentNew { get; init; }

    /// <summary>Where the branch moves to: the last commit of the batch, the one whose tree was verified.</summary>
    public string? IntentTip { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? LandedAt { get; init; }
    public string? Reason { get; init; }
}

/// <summary>What to do with an intent that was found: the branch is the only truth about what landed.</summary>
public enum IntentAction
{
    /// <summary>It landed, by us or by a helper: record it.</summary>
    Record,

    /// <summary>The branch has not moved: make the same move again.</summary>
    Redo,

    /// <summary>The branch moved elsewhere: build and verify anew.</summary>
    Rebuild,
}

public static class IntentRule
{
    /// <summary>Applies on every path, also right after an own compare-and-swap that failed: a helper may have landed this very intent.</summary>
    public static IntentAction Decide(bool newIsAncestorOfBranch, bool branchIsOld) =>
        newIsAncestorOfBranch ? IntentAction.Record : branchIsOld ? IntentAction.Redo : IntentAction.Rebuild;
}
