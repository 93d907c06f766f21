namespace Interlock.Domain.Liveness;

/// <summary>What could be seen of an agent's processes.</summary>
public enum ProcessSight
{
    /// <summary>At least one of them is there.</summary>
    Alive,

    /// <summary>None of them is.</summary>
    Gone,

    /// <summary>The probe failed. Never taken for death.</summary>
    Unseen,
}

/// <summary>A tool that has begun and not ended.</summary>
/// <param name="Since">When it began, on the clock of <see cref="Look.At"/>.</param>
public sealed record ToolInFlight(string Name, TimeSpan Since);

/// <summary>What one look at an agent found. Counters count from the start of its process, so a look that is left out costs nothing.</summary>
public sealed record Look
{
    /// <summary>On a clock that nobody sets.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>Bytes it has printed.</summary>
    public long Output { get; init; }

    /// <summary>Questions it has asked: hooks, tools and verbs.</summary>
    public long Asked { get; init; }

    /// <summary>Tool calls, or lines where its CLI tells of none, that were unlike those before.</summary>
    public long News { get; init; }

    /// <summary>Null when no tool is in flight, or its CLI tells of none.</summary>
    public ToolInFlight? Tool { get; init; }

    /// <summary>What it repeats; null when it repeats nothing.</summary>
    public Repeated? Repeated { get; init; }

    /// <summary>Whether its processes are there.</summary>
    public ProcessSight Process { get; init; }

    /// <summary>Processor time of everything it started; null when that cannot be seen.</summary>
    public TimeSpan? Cpu { get; init; }

    /// <summary>Bytes read and written by everything it started; null when that cannot be seen.</summary>
    public long? Traffic { get; init; }

    /// <summary>How often its worktree became what it never was before.</summary>
    public long Files { get; init; }

    /// <summary>The tip of its branch; null when it was not looked at.</summary>
    public string? Commit { get; init; }
}
