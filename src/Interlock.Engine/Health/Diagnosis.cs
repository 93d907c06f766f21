using Interlock.Domain.Health;

namespace Interlock.Engine.Health;

/// <summary>A finding together with what can be done about it without losing anything.</summary>
/// <param name="Repair">Says what it did, or null when there was nothing left to do; null when only a person can help.</param>
public sealed record Diagnosis(Finding Finding, Func<CancellationToken, Task<string?>>? Repair = null)
{
    /// <summary>What a repair did; null before it.</summary>
    public string? Fixed { get; init; }
}
