using Interlock.Domain.Plans;

namespace Interlock.Domain.Leasing;

/// <summary>When an agent was last heard of.</summary>
/// <param name="How">What it did: a verb, a tool or a hook.</param>
public sealed record SignOfLife(AgentId Agent, DateTimeOffset At, string How)
{
    /// <summary>A newer sign that is not older than this is not written down: each costs a write to the store.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
}
