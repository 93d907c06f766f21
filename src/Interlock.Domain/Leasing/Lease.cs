using Interlock.Domain.Plans;

namespace Interlock.Domain.Leasing;

public enum LeaseKind
{
    /// <summary>An agent works on a task.</summary>
    Task,

    /// <summary>A person keeps a task or files from everybody, with no agent behind it.</summary>
    Hold,
}

/// <summary>Which process stands behind a lease. Absent for a person's window, whose lease only time can end.</summary>
/// <param name="Boot">Identifies one start of the host; pids mean nothing across two of them.</param>
/// <param name="Start">Kernel start time of the process in clock ticks; guards against pid reuse.</param>
public sealed record Supervisor(string Host, string Boot, int Pid, long Start);

/// <summary>
/// An exclusive right to a task and its files until it expires. At most one is live for a task, and
/// <see cref="Fence"/> grows with every claim in the repository and is never reused (S1).
/// </summary>
public sealed record Lease
{
    public required long Fence { get; init; }
    public required LeaseKind Kind { get; init; }

    /// <summary>Null when only files are held.</summary>
    public TaskId? Task { get; init; }

    public required AgentId Agent { get; init; }
    public string? AgentType { get; init; }

    /// <summary>Whose limits the agent runs into; null for a person's window.</summary>
    public string? Provider { get; init; }
    public string? Module { get; init; }
    public string? Epic { get; init; }

    /// <summary>Patterns in the grammar of <see cref="FilePattern"/>; empty when not known beforehand.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>SHA-256 of the token's secret, hex; empty when nobody can present one.</summary>
    public string SecretHash { get; init; } = "";

    public required DateTimeOffset AcquiredAt { get; init; }

    /// <summary>For people. The clock that decides is <see cref="Deadline"/>, unless the host restarted.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Monotonic instant, since the boot named by <see cref="ClockBoot"/>. Wall clock jumps do not move it.</summary>
    public required TimeSpan Deadline { get; init; }

    public required string ClockBoot { get; init; }

    public Supervisor? Supervisor { get; init; }

    /// <summary>The agent's own process, once spawned.</summary>
    public Supervisor? Process { get; init; }

    /// <summary>Commit the work starts from; null outside git.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>Name of the worktree; null when the work happens in the shared checkout.</summary>
    public string? Worktree { get; init; }

    public string? Reason { get; init; }

    /// <summary>True until released, submitted or reclaimed. Expiry alone does not end a lease: a reclaim does.</summary>
    public bool Live { get; init; } = true;

    /// <summary>True once the work is submitted: its files stay guarded until it lands, but its slot is free.</summary>
    public bool InReview { get; init; }

    public string? EndedBecause { get; init; }

    /// <summary>Its supervisor has not reported for a while and cannot be looked at from here.</summary>
    public bool Suspect { get; init; }

    /// <summary>True from the instant of expiry itself on, so two holders never overlap, not even by a tick.</summary>
    public bool HasExpired(LeaseClock now) =>
        ClockBoot == now.Boot ? now.Monotonic >= Deadline : now.Wall >= ExpiresAt;
}

/// <summary>One reading of the three clocks a lease is measured by.</summary>
/// <param name="Monotonic">Time since boot; never set back.</param>
public sealed record LeaseClock(DateTimeOffset Wall, TimeSpan Monotonic, string Boot);
