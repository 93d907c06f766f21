using System.Globalization;
using Interlock.Domain.Leasing;

namespace Interlock.Domain.Liveness;

/// <summary>What the evidence says of an agent at work.</summary>
public enum AgentHealth
{
    /// <summary>It does new things.</summary>
    Healthy,

    /// <summary>It lives, and what it does takes long.</summary>
    Slow,

    /// <summary>No sign of life for a while; worth asking.</summary>
    Idle,

    /// <summary>It does the same again and again.</summary>
    Looping,

    /// <summary>Nothing comes of it any more.</summary>
    Stuck,

    /// <summary>Its processes are gone.</summary>
    Dead,

    /// <summary>It cannot be seen. Never a reason to end it.</summary>
    Unknown,
}

/// <summary>The health of an agent, why, and everything the judgement rests on.</summary>
/// <param name="Reason">One sentence without an end.</param>
/// <param name="Evidence">One short line for each kind of sign.</param>
public sealed record Verdict(AgentHealth Health, string Reason, IReadOnlyList<string> Evidence)
{
    /// <summary>Between the end of a process and its being dead; a run sees most ends at once.</summary>
    public static readonly TimeSpan Parting = TimeSpan.FromSeconds(10);

    /// <summary>Nothing more will come unless something is done.</summary>
    public bool IsBad => Health is AgentHealth.Looping or AgentHealth.Stuck or AgentHealth.Dead;

    /// <summary>Judges what the looks have shown.</summary>
    public static Verdict Of(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        var (health, reason) = Gone(track) ?? Loops(track) ?? Unseen(track) ?? Silent(track) ?? Fruitless(track) ?? Quiet(track) ?? Slow(track)
            ?? (AgentHealth.Healthy, $"something new {Ago(track, track.NewsAt)}");
        return new Verdict(health, reason, Signs(track));
    }

    // Who has just ended is still being taken leave of.
    private static (AgentHealth, string)? Gone(Track track) => track.GoneAt is { } at && track.Last.At - at >= Parting
        ? (AgentHealth.Dead, $"its processes have been gone for {Since(track, at)}, and its end was not seen")
        : null;

    private static (AgentHealth, string)? Loops(Track track)
    {
        var profile = track.Profile;
        var idle = track.Last.At - track.WorkAt;
        if (track.Last.Repeated is { } again && (!track.HasWorked || again.Since >= track.WorkAt))
        {
            var lasting = track.Last.At - again.Since;
            var loops = again.IsTool
                ? again.Times >= profile.Repeats && (lasting >= profile.LoopTime || (again.Times >= profile.Repeats * 4 && lasting >= profile.LoopTime / 5))
                : again.Times >= profile.Repeats * 4 && lasting >= profile.LineLoopTime && !IsBusy(track);
            if (loops)
            {
                return (AgentHealth.Looping, string.Create(CultureInfo.InvariantCulture, $"it repeats {again.What}: {again.Times} times in {Ages.Text(lasting)} with the same answer, and no file changed meanwhile"));
            }
        }

        var printed = track.Last.Output - track.OutputAtWork;
        return printed >= profile.Flood && idle >= profile.LoopTime && track.Last.At - track.OutputAt < profile.Quiet
            ? (AgentHealth.Looping, $"it has printed {Bytes(printed)} in {Ages.Text(idle)} without changing a file")
            : null;
    }

    // What cannot be seen may be at work: from here on only the lack of signs counts, and half of them are missing.
    private static (AgentHealth, string)? Unseen(Track track) =>
        track.Last.Process == ProcessSight.Unseen && track.Last.At - track.SignAt >= track.Profile.Quiet
            ? (AgentHealth.Unknown, $"its processes cannot be looked at, and it has printed nothing for {Since(track, track.OutputAt)}")
            : null;

    private static (AgentHealth, string)? Silent(Track track) => track.Last.At - track.SignAt >= track.Profile.Silence
        ? (AgentHealth.Stuck, track.Last.Tool is { } tool
            ? $"no sign of life for {Since(track, track.SignAt)}: its tool {tool.Name} began {Ago(track, tool.Since)} and its processes do nothing"
            : $"no sign of life for {Since(track, track.SignAt)}: no output, no file, and its processes do nothing")
        : null;

    private static (AgentHealth, string)? Fruitless(Track track)
    {
        // Half of the evidence is missing: it may be busy.
        if (track.Last.Process == ProcessSight.Unseen)
        {
            return null;
        }

        // A tool that works is what it waits for; then only the long limit counts.
        var atTool = track.Last.Tool is not null && IsBusy(track);
        if (track.Last.At - track.NewsAt >= track.Profile.NoProgress && !atTool)
        {
            return (AgentHealth.Stuck, $"it lives, but nothing new has come of it for {Since(track, track.NewsAt)}");
        }

        return track.Last.At - track.WorkAt >= track.Profile.TalkOnly
            ? (AgentHealth.Stuck, $"it goes on, but no file has changed for {Since(track, track.WorkAt)}")
            : null;
    }

    private static (AgentHealth, string)? Quiet(Track track) => track.Last.At - track.SignAt >= track.Profile.Quiet
        ? (AgentHealth.Idle, $"no sign of life for {Since(track, track.SignAt)}")
        : null;

    private static (AgentHealth, string)? Slow(Track track)
    {
        if (track.Last.At - track.NewsAt < track.Profile.Quiet)
        {
            return null;
        }

        var what = track.Last.Tool is { } tool ? $"its tool {tool.Name} began {Ago(track, tool.Since)}" : $"nothing new for {Since(track, track.NewsAt)}";
        return (AgentHealth.Slow, $"{what}, and it is alive: {(IsBusy(track) ? "its processes work" : $"a sign {Ago(track, track.SignAt)}")}");
    }

    private static bool IsBusy(Track track) => track.Busy >= track.Profile.BusyShare;

    private static List<string> Signs(Track track)
    {
        var look = track.Last;
        var signs = new List<string> { look.Output == 0 ? "no output yet" : $"{Bytes(look.Output)} of output, the last {Ago(track, track.OutputAt)}" };
        if (look.Tool is { } tool)
        {
            signs.Add($"tool {tool.Name} in flight for {Since(track, tool.Since)}");
        }

        if (look.Repeated is { } again && again.Times >= 3)
        {
            signs.Add(string.Create(CultureInfo.InvariantCulture, $"{again.What} again {again.Times} times"));
        }

        signs.Add(look.Process switch
        {
            ProcessSight.Unseen => "processes cannot be looked at",
            ProcessSight.Gone => "processes gone",
            _ => track.Busy is { } share ? string.Create(CultureInfo.InvariantCulture, $"processes use {share * 100:0} % of a core") : "processes are there",
        });
        if (track.Moved is { } moved and >= 1024)
        {
            signs.Add($"{Bytes(moved)} read and written since the last look");
        }

        signs.Add(track.HasWorked ? $"worktree changed {Ago(track, track.WorkAt)}" : "worktree unchanged");
        return signs;
    }

    private static string Since(Track track, TimeSpan at) => Ages.Text(track.Last.At - at);

    private static string Ago(Track track, TimeSpan at) => $"{Since(track, at)} ago";

    private static string Bytes(long count) => count switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{count} B"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:0.#} kB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{count / (1024.0 * 1024):0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / (1024.0 * 1024 * 1024):0.##} GB"),
    };
}
