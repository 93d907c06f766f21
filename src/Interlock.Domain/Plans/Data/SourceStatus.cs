namespace Interlock.Domain.Plans.Data;

/// <summary>What the status words of the data formats mean.</summary>
internal static class SourceStatus
{
    /// <summary>Unknown for a word that no format uses.</summary>
    public static PlanStatus Of(string word) => Normalised(word) switch
    {
        "pending" or "open" or "to-do" or "todo" or "backlog" or "draft" or "drafted" or "ready" or "ready-for-dev" or "contexted" or "approved"
            or "planned" or "new" or "not-started" or "optional" => PlanStatus.Pending,
        "in-progress" or "doing" or "started" or "wip" or "active" or "hooked" or "review" or "in-review" or "ready-for-review"
            or "testing" or "verifying" => PlanStatus.InProgress,
        "done" or "completed" or "complete" or "closed" or "finished" or "merged" => PlanStatus.Done,
        "cancelled" or "canceled" or "tombstone" or "won't-do" or "wont-do" or "wontfix" or "abandoned" or "rejected" or "dropped" => PlanStatus.Cancelled,
        "blocked" or "deferred" or "on-hold" or "paused" or "pinned" => PlanStatus.Blocked,
        _ => PlanStatus.Unknown,
    };

    /// <summary>Reports a word that is not understood, which then counts as pending.</summary>
    public static PlanStatus Read(string? word, string path, int line, PlanDraft draft)
    {
        if (string.IsNullOrWhiteSpace(word))
        {
            return PlanStatus.Pending;
        }

        var status = Of(word);
        if (status == PlanStatus.Unknown)
        {
            draft.Warning(
                path, "unknown-status", line, $"the status '{TaskText.Collapse(word)}' is not known; it counts as not done",
                "Use a status of the format, such as pending, in-progress or done.");
        }

        return status;
    }

    private static string Normalised(string word)
    {
        var letters = word.Trim().ToLowerInvariant();
        // People put a tick or a coloured dot in front of the word.
        var start = letters.AsSpan().IndexOfAnyInRange('a', 'z');
        return start < 0 ? letters : letters[start..].TrimEnd(' ', '.', '!', '✅', '✓').Replace('_', '-').Replace(' ', '-');
    }
}
