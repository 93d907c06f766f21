using Interlock.Domain.Plans;

namespace Interlock.Domain.Spending;

/// <summary>What one attempt of an automated run used, and the session it leaves behind. The fence of its lease names it.</summary>
public sealed record AttemptUsage
{
    public required long Fence { get; init; }
    public required TaskId Task { get; init; }
    public required StoryId Story { get; init; }
    public required AgentId Agent { get; init; }

    /// <summary>The configured name of what worked, such as <c>claude</c>.</summary>
    public required string Preset { get; init; }

    /// <summary>The CLI behind that name.</summary>
    public required string Adapter { get; init; }

    public required string Provider { get; init; }
    public string? Model { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset EndedAt { get; init; }

    /// <summary>For how long the agent itself was at work.</summary>
    public TimeSpan Time { get; init; }

    public Usage Usage { get; init; } = Usage.None;

    /// <summary>In US dollars; null when nobody can say.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The session's id in its CLI, with the folder that holds it and the directory it worked in.</summary>
    public string? Session { get; init; }

    public string? Home { get; init; }
    public string? Directory { get; init; }

    /// <summary>Where the session's counters stood; the next attempt of it counts from here.</summary>
    public SessionTotal Total { get; init; } = SessionTotal.None;

    /// <summary>The session came to an orderly end, so that it may be gone on with.</summary>
    public bool Resumable { get; init; }

    /// <summary>Whether an attempt may go on with the session of this one.</summary>
    /// <param name="inPlaceOnly">The CLI finds a session again only in the directory it was begun in.</param>
    public bool CanResume(string preset, bool inPlaceOnly, string directory) =>
        Resumable && Session is not null && Home is not null && Preset == preset && (!inPlaceOnly || Directory == directory);
}

/// <summary>Several attempts added up.</summary>
/// <param name="Cost">Of the attempts whose cost is known.</param>
/// <param name="Unpriced">Attempts that used a model whose cost nobody can say.</param>
public sealed record Spent(int Attempts, Usage Usage, decimal Cost, TimeSpan Time, int Unpriced)
{
    /// <summary>Nothing yet.</summary>
    public static Spent Nothing { get; } = new(0, Usage.None, 0, TimeSpan.Zero, 0);

    /// <summary>All of them together. An attempt that ran no model costs nothing and is not unpriced.</summary>
    public static Spent Of(IEnumerable<AttemptUsage> attempts)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        return attempts.Aggregate(Nothing, (sum, attempt) => new Spent(
            sum.Attempts + 1,
            sum.Usage + attempt.Usage,
            sum.Cost + (attempt.Cost ?? 0),
            sum.Time + attempt.Time,
            sum.Unpriced + (attempt is { Cost: null, Provider: not Providers.None } ? 1 : 0)));
    }
}

/// <summary>Names of providers that mean something to the rules.</summary>
public static class Providers
{
    /// <summary>Of a command that is no model's CLI, as far as is known.</summary>
    public const string None = "none";
}
