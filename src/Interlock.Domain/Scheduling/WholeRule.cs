using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>When a task that consists of other tasks is completed: nobody works on it, so nothing else could do it.</summary>
public static class WholeRule
{
    /// <summary>True once every part is finished, at least one of them by being done, and nothing else it waits for is open.</summary>
    public static bool IsDone(WorkTask task, Func<TaskId, WorkTask?> find)
    {
        if (task is not { IsWhole: true, IsOpen: true, HeldBecause: null })
        {
            return false;
        }

        var parts = task.Parts!.ToHashSet();
        return parts.All(id => find(id) is null or { IsFinished: true }) && parts.Any(id => find(id) is { State: TaskState.Merged })
            && task.Dependencies.All(id => parts.Contains(id) || find(id) is null or { State: TaskState.Merged });
    }
}
