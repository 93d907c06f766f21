using Interlock.Domain.Leasing;

namespace Interlock.Domain.Verification;

public enum CheckResult
{
    Passed,

    /// <summary>Red, and red again in the same state.</summary>
    Failed,

    /// <summary>Red, then green in the same state. It counts as passed and is never silent.</summary>
    Flaky,
}

/// <summary>One answer of a check about one tree.</summary>
/// <param name="Key">Names tree, commands and surroundings, so that the same key can only mean the same answer; SHA-256, hex.</param>
/// <param name="Runs">How often it was started for this answer.</param>
/// <param name="Took">Of the last start.</param>
/// <param name="Log">Path of the output that was red; null when it was never red.</param>
public sealed record CheckRun(string Key, string Check, CheckResult Result, DateTimeOffset At, TimeSpan Took, int Runs, string? Log);

/// <summary>How far a check can be relied on, from its last answers.</summary>
public sealed record Flakiness(string Check, int Flakes, int Runs)
{
    /// <summary>How many answers are looked at.</summary>
    public const int Window = 50;

    private const int Loud = 3;

    /// <summary>So often that what it says about anybody's work is in doubt.</summary>
    public bool IsLoud => Flakes >= Loud;

    /// <param name="latest">The check's answers, at most <see cref="Window"/>; stored answers that were used again are not among them.</param>
    public static Flakiness Of(string check, IReadOnlyList<CheckRun> latest) =>
        new(check, latest.Count(run => run.Result == CheckResult.Flaky), latest.Count);

    public override string ToString() => $"check '{Check}' was flaky {Counted.Of(Flakes, "time")} in its last {Counted.Of(Runs, "run")}";
}
