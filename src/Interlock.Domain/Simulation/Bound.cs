using Interlock.Domain.Plans;

namespace Interlock.Domain.Simulation;

/// <summary>What keeps a schedule from being shorter.</summary>
public enum BoundKind
{
    /// <summary>The longest chain of dependent tasks.</summary>
    CriticalPath,

    /// <summary>All work divided among the agents.</summary>
    Agents,

    /// <summary>Tasks of which no two can run at once, because they share files.</summary>
    Files,
    Module,
    Epic,

    /// <summary>Work lands in batches, one after the other.</summary>
    Landing,
}

/// <summary>A time no schedule can beat, and why.</summary>
/// <param name="Name">The file, module or epic; empty for the other kinds.</param>
/// <param name="Tasks">The tasks that make it so: a path first to last, else in natural order.</param>
public sealed record Bound(TimeSpan Value, BoundKind Kind, string Name, IReadOnlyList<TaskId> Tasks)
{
    /// <summary>Nothing to do takes no time.</summary>
    public static Bound None { get; } = new(TimeSpan.Zero, BoundKind.CriticalPath, "", []);
}
