namespace Interlock.Domain.Liveness;

/// <summary>What all looks at one process of an agent have shown so far: when each kind of sign was last seen.</summary>
public sealed record Track
{
    // What a program reads and writes that only waits is less.
    private const double TrafficPerSecond = 1024;

    private Track(LivenessProfile profile, Look last)
    {
        (Profile, Last) = (profile, last);
        StartedAt = SignAt = OutputAt = NewsAt = WorkAt = last.At;
    }

    /// <summary>What it is measured by.</summary>
    public LivenessProfile Profile { get; }

    /// <summary>The newest look.</summary>
    public Look Last { get; private init; }

    /// <summary>When it was first looked at.</summary>
    public TimeSpan StartedAt { get; private init; }

    /// <summary>When there was any sign of life.</summary>
    public TimeSpan SignAt { get; private init; }

    /// <summary>When it last printed or asked something.</summary>
    public TimeSpan OutputAt { get; private init; }

    /// <summary>When it last did something new: a file, a commit, a tool call or line unlike those before.</summary>
    public TimeSpan NewsAt { get; private init; }

    /// <summary>When a file or its branch last changed.</summary>
    public TimeSpan WorkAt { get; private init; }

    /// <summary>Since when its processes have been gone; null while they are there.</summary>
    public TimeSpan? GoneAt { get; private init; }

    /// <summary>True once a file or its branch has changed at all.</summary>
    public bool HasWorked { get; private init; }

    /// <summary>What it had printed when it last changed something.</summary>
    public long OutputAtWork { get; private init; }

    /// <summary>Share of one processor that its processes used between the last two looks; null when that was not seen.</summary>
    public double? Busy { get; private init; }

    /// <summary>What its processes read and wrote between the last two looks; null when that was not seen.</summary>
    public long? Moved { get; private init; }

    /// <summary>A process that was just started.</summary>
    public static Track Begin(LivenessProfile profile, Look first) => new(profile, first);

    /// <summary>With one more look.</summary>
    public Track See(Look look)
    {
        ArgumentNullException.ThrowIfNull(look);
        var passed = (look.At - Last.At).TotalSeconds;
        if (passed <= 0)
        {
            return this;
        }

        double? busy = look.Cpu is { } cpu && Last.Cpu is { } before ? Math.Max(0, (cpu - before).TotalSeconds) / passed : null;
        long? moved = look.Traffic is { } traffic && Last.Traffic is { } earlier ? Math.Max(0, traffic - earlier) : null;
        var worked = look.Files > Last.Files || (look.Commit is not null && Last.Commit is not null && look.Commit != Last.Commit);
        var said = look.Output > Last.Output || look.Asked > Last.Asked;
        var news = worked || look.News > Last.News;
        var sign = said || news || busy >= Profile.BusyShare || moved >= TrafficPerSecond * passed;
        return this with
        {
            Last = look with { Commit = look.Commit ?? Last.Commit },
            Busy = busy,
            Moved = moved,
            SignAt = sign ? look.At : SignAt,
            OutputAt = said ? look.At : OutputAt,
            NewsAt = news ? look.At : NewsAt,
            WorkAt = worked ? look.At : WorkAt,
            GoneAt = look.Process == ProcessSight.Gone ? GoneAt ?? look.At : null,
            HasWorked = HasWorked || worked,
            OutputAtWork = worked ? look.Output : OutputAtWork,
        };
    }
}
