using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>What a lease is reclaimed for.</summary>
public enum ReclaimCause
{
    Died,
    Expired,
    Silent,
}

/// <summary>What one tick chose for one task, with the reason a person is told.</summary>
public abstract record Decision(TaskId Task)
{
    /// <summary>Give the task to an idle agent.</summary>
    public sealed record Claim(TaskId Task, AgentId Agent, string AgentType) : Decision(Task);

    /// <summary>Leave it: <paramref name="Obstacle"/> is the one rule in its way.</summary>
    public sealed record Wait(TaskId Task, Obstacle Obstacle) : Decision(Task)
    {
        /// <summary>One of <see cref="RefusalCodes"/>.</summary>
        public string Code => Obstacle.Code;

        /// <summary>The rule in words.</summary>
        public Refusal Because => Obstacle.Refusal;
    }

    /// <summary>End a lease whose holder is gone, save its work and open the task again.</summary>
    /// <param name="UsesAttempt">False when the agent did nothing wrong, such as after a crash of the coordinator.</param>
    public sealed record Reclaim(TaskId Task, long Fence, string Reason, bool UsesAttempt, ReclaimCause Cause = ReclaimCause.Died) : Decision(Task);

    /// <summary>Tell that a holder who cannot be looked at is silent, or that it reports again.</summary>
    public sealed record Doubt(TaskId Task, long Fence, bool Silent, string Reason) : Decision(Task);
}

/// <summary>A roster agent that a run may give work to.</summary>
public sealed record Worker(AgentId Id, string Type)
{
    /// <summary>Whose limits it runs into; null when that is not known.</summary>
    public string? Provider { get; init; }
}
