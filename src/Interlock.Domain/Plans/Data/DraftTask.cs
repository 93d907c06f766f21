namespace Interlock.Domain.Plans.Data;

/// <summary>The smallest edit that makes a task done in its file.</summary>
/// <param name="Length">Bytes replaced; 0 inserts.</param>
internal sealed record DoneEdit(string Path, int Offset, int Length, string Replacement);

/// <summary>A dependency as a data file writes it, before it is known what it means.</summary>
/// <param name="Keys">Names it may stand for, the likeliest first.</param>
/// <param name="Waits">False for a mere relation: it is kept as written and no task waits for it.</param>
/// <param name="MayDangle">True when the task it names may rightly be missing from the file.</param>
internal sealed record DraftDependency(string Written, IReadOnlyList<string> Keys, bool Waits = true, bool MayDangle = false);

/// <summary>A task found in a data file, before ids and dependencies are settled.</summary>
internal sealed class DraftTask
{
    /// <summary>The id as written; empty when there is none.</summary>
    public required string SourceId { get; init; }

    /// <summary>The id it should get; what the grammar of ids does not allow is replaced.</summary>
    public required string WantedId { get; init; }

    /// <summary>What dependencies call it; case does not matter.</summary>
    public required string Key { get; init; }

    /// <summary>What else dependencies may call it, where no other task has that for a key.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public required StoryId Story { get; init; }

    public required string Title { get; init; }

    public required string Path { get; init; }

    public required int Line { get; init; }

    public string? Group { get; init; }

    public PlanStatus Status { get; init; }

    public string? StatusAsWritten { get; init; }

    public Complexity Complexity { get; init; } = Complexity.Medium;

    public IReadOnlyList<DraftDependency> Dependencies { get; set; } = [];

    public IReadOnlyList<string> Files { get; init; } = [];

    public AgentId? Agent { get; init; }

    /// <summary>Key of the task this one is a part of; null when there is none.</summary>
    public string? ParentKey { get; init; }

    /// <summary>Keys of tasks that come before this one by the order of the file.</summary>
    public List<(string Key, DependencyKind Kind)> After { get; } = [];

    /// <summary>Of two tasks with one id, the one with the lower rank keeps it; equal ranks are an error.</summary>
    public int Rank { get; init; }

    /// <summary>Byte offset of a check mark; -1 where the status is a word.</summary>
    public int MarkOffset { get; init; } = -1;

    /// <summary>Null when the task cannot be made done in its file.</summary>
    public DoneEdit? Done { get; init; }

    public string? Problem { get; set; }
}
