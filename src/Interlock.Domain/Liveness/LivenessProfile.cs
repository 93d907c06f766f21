namespace Interlock.Domain.Liveness;

/// <summary>How long which kind of quiet is nothing to worry about, for one CLI with the limits of one configuration.</summary>
public sealed record LivenessProfile
{
    /// <summary>A circle of equal tool calls shorter than this may be somebody waiting for a slow thing.</summary>
    public static readonly TimeSpan LongestLoop = TimeSpan.FromMinutes(5);

    /// <summary>After a nudge an agent gets at most this long before its work is saved and it is interrupted.</summary>
    public static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan UsualQuiet = TimeSpan.FromMinutes(5);

    // These print nothing while they think, or their commands do.
    private static readonly Dictionary<string, TimeSpan> QuietOf = new(StringComparer.Ordinal)
    {
        ["codex"] = TimeSpan.FromMinutes(8),
        ["aider"] = TimeSpan.FromMinutes(8),
        ["shell"] = TimeSpan.FromMinutes(10),
    };

    private static readonly HashSet<string> LinesOnly = new(StringComparer.Ordinal) { "aider", "shell" };

    /// <summary>Without any sign of life for so long, it is stuck.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>With signs of life, but without anything new for so long, it is stuck; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public required TimeSpan NoProgress { get; init; }

    /// <summary>Without any sign of life for so long, it is idle.</summary>
    public required TimeSpan Quiet { get; init; }

    /// <summary>Its CLI tells when a tool begins and ends; without, its lines are all there is.</summary>
    public bool TellsTools { get; init; } = true;

    /// <summary>Equal tool calls in a row that make a loop once <see cref="LoopTime"/> is over.</summary>
    public int Repeats { get; init; } = 12;

    /// <summary>A loop takes at least this long; a fifth of it when it turns four times as often.</summary>
    public TimeSpan LoopTime => Least(LongestLoop, NoProgress / 4);

    /// <summary>Equal lines alone are a weak sign, since many a tool prints that it waits.</summary>
    public TimeSpan LineLoopTime => NoProgress / 2;

    /// <summary>Bytes printed without a changed file that make a flood once <see cref="LoopTime"/> is over.</summary>
    public long Flood { get; init; } = 256L << 20;

    /// <summary>Something new again and again, but no file and no commit for so long: it is stuck all the same.</summary>
    public TimeSpan TalkOnly => NoProgress > TimeSpan.MaxValue / 2 ? TimeSpan.MaxValue : NoProgress * 2;

    /// <summary>Between a nudge and what comes after it.</summary>
    public TimeSpan Patience => Least(LongestPatience, Silence / 8);

    /// <summary>Less of one processor than this is what a program uses that only waits.</summary>
    public double BusyShare { get; init; } = 0.05;

    /// <summary>The profile of a CLI.</summary>
    /// <param name="adapter">Its name, such as <c>claude</c>.</param>
    public static LivenessProfile Of(string adapter, TimeSpan silence, TimeSpan noProgress) => new()
    {
        Silence = silence,
        NoProgress = noProgress,
        Quiet = Least(QuietOf.GetValueOrDefault(adapter, UsualQuiet), silence / 2),
        TellsTools = !LinesOnly.Contains(adapter),
    };

    /// <summary>Who was interrupted before is given half the time each further time.</summary>
    public LivenessProfile After(int interruptions)
    {
        var part = 1 << Math.Clamp(interruptions, 0, 4);
        return this with { Silence = Silence / part, Quiet = Quiet / part, NoProgress = NoProgress == TimeSpan.MaxValue ? NoProgress : NoProgress / part };
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
