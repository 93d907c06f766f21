namespace Interlock.Domain.Merging;

/// <summary>Why nothing lands on a branch.</summary>
public static class PauseCodes
{
    /// <summary>Commits that were on the branch are gone.</summary>
    public const string ForceMoved = "force-moved";

    /// <summary>The branch was deleted and its last commit is lost too.</summary>
    public const string Lost = "branch-lost";
    public const string ByHand = "by-hand";
}

/// <summary>Why the queue of a branch stands still until a person says go on.</summary>
public sealed record QueuePause(string Code, string Reason, DateTimeOffset At);

/// <summary>What the merge queue remembers of one branch.</summary>
public sealed record BranchState
{
    /// <summary>Full ref.</summary>
    public required string Ref { get; init; }

    /// <summary>Where the queue last saw or put the branch.</summary>
    public required string Tip { get; init; }

    public QueuePause? Pause { get; init; }

    /// <summary>The tip on which the checks fail without any queued change; null while it is green or not known.</summary>
    public string? RedTip { get; init; }

    /// <summary>Log of the failing check on <see cref="RedTip"/>.</summary>
    public string? RedLog { get; init; }

    public MergeWindow Window { get; init; } = MergeWindow.Start;
}
