using Interlock.Domain.Plans;

namespace Interlock.Domain.Graph;

/// <summary>A task and the tasks it waits for.</summary>
public sealed record TaskNode(TaskId Id, IReadOnlyList<TaskId> DependsOn);

/// <summary>A dependency on a task the graph does not hold; it takes no part in any order.</summary>
public sealed record UnknownDependency(TaskId Task, TaskId Missing);

/// <summary>The longest chain of tasks, first to last.</summary>
/// <param name="Length">Sum of the durations along it, in the unit of the durations given.</param>
public sealed record CriticalPath(IReadOnlyList<TaskId> Tasks, double Length);
