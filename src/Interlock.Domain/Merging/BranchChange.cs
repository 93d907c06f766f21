namespace Interlock.Domain.Merging;

/// <summary>What happened to an integration branch since the queue last looked.</summary>
public enum BranchChange
{
    None,

    /// <summary>Others put commits on top: build on them.</summary>
    Foreign,

    /// <summary>Commits that were on it are gone: only a person can say what that means.</summary>
    Forced,

    /// <summary>The branch was deleted.</summary>
    Gone,
}

public static class BranchRule
{
    /// <param name="known">Where the queue last saw or put the branch; null before the first look.</param>
    /// <param name="tip">Where it stands; null when there is no such branch.</param>
    /// <param name="knownIsInTip">Whether <paramref name="known"/> is an ancestor of <paramref name="tip"/>.</param>
    public static BranchChange Decide(string? known, string? tip, bool knownIsInTip) =>
        tip is null ? known is null ? BranchChange.None : BranchChange.Gone
        : known is null || known == tip ? BranchChange.None
        : knownIsInTip ? BranchChange.Foreign : BranchChange.Forced;
}
