namespace Interlock.Domain.Plans;

/// <summary>How a plan says that one task comes after another.</summary>
public enum DependencyKind
{
    /// <summary>A list of ids in a place of its own.</summary>
    Explicit,

    /// <summary>Words in the text, such as <c>(depends on T012)</c> or a chain of arrows.</summary>
    Inline,

    /// <summary>A phase begins when another has ended.</summary>
    Barrier,

    /// <summary>Tasks are done in the order in which they are written.</summary>
    Sequence,

    /// <summary>A task ends when those below it have ended.</summary>
    Parent,
}

/// <summary>An order that nobody wrote down task by task; the user can relax it.</summary>
public sealed record ImplicitDependency(TaskId On, DependencyKind Kind);

/// <summary>The words for the kinds.</summary>
public static class DependencyKinds
{
    /// <summary>The kinds a person can relax; what a plan lists explicitly always holds.</summary>
    public static IReadOnlyList<string> Relaxable { get; } =
        [.. ((DependencyKind[])[DependencyKind.Sequence, DependencyKind.Barrier, DependencyKind.Parent, DependencyKind.Inline]).Select(Word)];

    public static string Word(this DependencyKind kind) => kind switch
    {
        DependencyKind.Explicit => "explicit",
        DependencyKind.Inline => "inline",
        DependencyKind.Barrier => "phase-barrier",
        DependencyKind.Sequence => "sequence",
        DependencyKind.Parent => "parent",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>What a plan says about the progress of a task. <see cref="Unknown"/> counts as pending.</summary>
public enum PlanStatus
{
    Pending,
    InProgress,
    Done,
    Cancelled,
    Blocked,
    Unknown,
}
