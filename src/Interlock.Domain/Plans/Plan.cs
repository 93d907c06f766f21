namespace Interlock.Domain.Plans;

/// <summary>What a plan file holds once read: every task it names and everything about it that was not understood.</summary>
/// <param name="Format">Name of the grammar, such as <c>story-plan</c>.</param>
/// <param name="Source">Repo-relative path of the file or folder, with <c>/</c>.</param>
public sealed record Plan(
    string Format,
    string Source,
    IReadOnlyList<PlanStory> Stories,
    IReadOnlyList<PlanTask> Tasks,
    IReadOnlyList<PlanProblem> Problems,
    PlanCounts Counts);

/// <summary>A story heading.</summary>
/// <param name="Epic">The epic as the plan names it; null when it names none.</param>
/// <param name="Priority">1 is most urgent; taken from the enclosing <c>Priority N</c> heading, else 1.</param>
/// <param name="Line">1-based line of the heading.</param>
public sealed record PlanStory(StoryId Id, string Title, string? Epic, int Priority, int Line);

/// <summary>A task as the plan writes it. <see cref="Dependencies"/> holds only ids that exist in the plan.</summary>
/// <param name="SourceId">The id exactly as written.</param>
/// <param name="Group">The nearest heading below the story's own; null directly under the story.</param>
/// <param name="DependenciesAsWritten">Every id the source names, dangling ones included, in order.</param>
/// <param name="Files">File patterns named by <c>[Files: …]</c> or back-ticked paths; empty means unknown.</param>
/// <param name="Agent">Agent named by an annotation such as <c>(dev-oauth-1)</c>; null when free.</param>
/// <param name="Line">1-based line.</param>
/// <param name="MarkOffset">Byte offset of the single mark byte between the brackets in its file; -1 where there is no mark.</param>
/// <param name="Problem">Code of the problem that keeps this task from being scheduled; null when there is none.</param>
public sealed record PlanTask(
    TaskId Id,
    string SourceId,
    StoryId Story,
    string? Group,
    string Title,
    PlanMark Mark,
    Complexity Complexity,
    IReadOnlyList<string> DependenciesAsWritten,
    IReadOnlyList<TaskId> Dependencies,
    IReadOnlyList<string> Files,
    AgentId? Agent,
    int Line,
    int MarkOffset,
    string? Problem = null)
{
    /// <summary>Tasks that come first because of where they stand; none of them is in <see cref="Dependencies"/>.</summary>
    public IReadOnlyList<ImplicitDependency> Implicit { get; init; } = [];

    /// <summary>The tasks below it, where it waits for all of them and they do all its work; empty for a task with work of its own.</summary>
    public IReadOnlyList<TaskId> Parts { get; init; } = [];

    public PlanStatus Status { get; init; } = Mark switch
    {
        PlanMark.Pending => PlanStatus.Pending,
        PlanMark.Done => PlanStatus.Done,
        _ => PlanStatus.Unknown,
    };

    /// <summary>The status where the plan writes a word for it; null where a mark says it.</summary>
    public string? StatusAsWritten { get; init; }

    /// <summary>The file of the input it stands in.</summary>
    public string SourcePath { get; init; } = "";

    /// <summary>Everything that must be completed first, however the plan says so.</summary>
    public IEnumerable<TaskId> AllDependencies => Dependencies.Concat(Implicit.Select(dependency => dependency.On)).Distinct();
}

/// <summary>What stands between the brackets: a space, an x, or something that is not done and not understood.</summary>
public enum PlanMark
{
    Pending,
    Done,
    Unknown,
}

/// <summary>How heavy a task is. Weights 1, 2 and 4; a task that does not say is medium.</summary>
public enum Complexity
{
    Low,
    Medium,
    High,
}

public enum ProblemSeverity
{
    Info,
    Warning,
    Error,
}

/// <summary>Something in a file that a person should know about.</summary>
/// <param name="Code">Stable kebab-case name, such as <c>dangling-dependency</c>.</param>
/// <param name="Line">1-based line; 0 when it concerns the whole file.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record PlanProblem(ProblemSeverity Severity, string Code, int Line, string Message, string Hint)
{
    /// <summary>The file the line is in, where a plan has several; null where it has one.</summary>
    public string? Path { get; init; }
}

/// <summary>The checkbox-like lines of the file: <c>Checkboxes = Tasks + Criteria + Excluded</c>, always.</summary>
public sealed record PlanCounts(int Checkboxes, int Tasks, int Criteria, int Excluded);

public static class ComplexityWeights
{
    /// <summary>Relative effort of a task: 1, 2 or 4.</summary>
    public static int Weight(this Complexity complexity) => complexity switch
    {
        Complexity.Low => 1,
        Complexity.Medium => 2,
        Complexity.High => 4,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
