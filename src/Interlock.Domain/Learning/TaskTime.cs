using Interlock.Domain.Plans;

namespace Interlock.Domain.Learning;

/// <summary>What one task that landed took its agents: all attempts together, from claim to hand-in or failure.</summary>
/// <param name="AgentType">Of the attempt that landed; null for a stranger to the roster.</param>
public sealed record TaskTime(TaskId Task, string? AgentType, Complexity Complexity, string Module, TimeSpan Took);

/// <summary>What an estimate rests on, the narrowest ground that has any task.</summary>
public enum EstimateGround
{
    /// <summary>A person said so.</summary>
    Given,

    /// <summary>Tasks of the same agent type, complexity and module.</summary>
    Module,

    /// <summary>Tasks of the same agent type and complexity.</summary>
    Complexity,

    /// <summary>Tasks of the same agent type.</summary>
    AgentType,

    /// <summary>All tasks that landed in this repository.</summary>
    Repository,

    /// <summary>Nothing has landed yet: the weight of the complexity alone.</summary>
    Weight,
}

/// <summary>How long a task will take, with the middle 80 % of what is expected.</summary>
/// <param name="Samples">Tasks on that ground.</param>
public sealed record DurationEstimate(TimeSpan Median, TimeSpan Low, TimeSpan High, int Samples, EstimateGround Ground)
{
    /// <summary>Said by a person, so nothing about it is estimated.</summary>
    public static DurationEstimate Given(TimeSpan duration) => new(duration, duration, duration, 0, EstimateGround.Given);
}
