using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>How long a task is expected to keep its agent, where nothing better is known.</summary>
public static class Effort
{
    /// <summary>What a task of weight 1 takes.</summary>
    public static readonly TimeSpan Unit = TimeSpan.FromMinutes(10);

    /// <summary>The weight of its complexity times <see cref="Unit"/>; nothing for a task that its parts do.</summary>
    public static TimeSpan Prior(WorkTask task) => task.IsWhole ? TimeSpan.Zero : Unit * task.Complexity.Weight();
}
