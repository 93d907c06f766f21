using Interlock.Domain.Leasing;

namespace Interlock.Domain.Scheduling;

/// <summary>How many may work at once. Counted over live leases in the transaction that grants one more (S3).</summary>
public sealed record Limits
{
    public static Limits Default { get; } = new();

    /// <summary>Live task leases in the repository.</summary>
    public int Agents { get; init; } = 10;

    public int PerModule { get; init; } = 3;
    public int PerEpic { get; init; } = 5;

    /// <summary>By agent type; a type that is not named is bound by <see cref="Agents"/> alone.</summary>
    public IReadOnlyDictionary<string, int> PerType { get; init; } = new Dictionary<string, int>();

    /// <summary>By the provider of the agents; one that is not named has no limit of its own.</summary>
    public IReadOnlyDictionary<string, int> PerProvider { get; init; } = new Dictionary<string, int>();

    /// <summary>Attempts of an automated run before a task waits for a person.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Overlapping claims a waiting task lets pass before its files are reserved for it (L2).</summary>
    public int Bypasses { get; init; } = 3;

    /// <summary>Waiting time after which one overlapping claim is enough for a reservation (L2).</summary>
    public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Files that come together by rule when work lands, so that tasks need not wait for each other over them.</summary>
    public FileSet Hot { get; init; } = FileSet.Empty;
}
