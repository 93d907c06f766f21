namespace Interlock.Domain.Liveness;

/// <summary>
/// Agents that fall together did not each do something wrong: something they share is gone. While it lasts nobody is interrupted for it
/// and nobody is started; who is still down after it is judged like anyone.
/// </summary>
/// <param name="Until">Null when there was none yet.</param>
public sealed record Outage(TimeSpan? Until, int Fell)
{
    /// <summary>Fewer agents than this say nothing.</summary>
    public const int Least = 3;

    /// <summary>The longest pause for one.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    /// <summary>All is well.</summary>
    public static Outage None { get; } = new(null, 0);

    /// <summary>Whether it lasts.</summary>
    public bool IsOn(TimeSpan now) => Until is { } until && now < until;

    /// <summary>With one look at all agents.</summary>
    /// <param name="atWork">How many there are.</param>
    /// <param name="fell">How many of them look dead or stuck that did not a look ago.</param>
    /// <param name="pause">How long to wait before they are looked at again for what they are.</param>
    public Outage See(int atWork, int fell, TimeSpan now, TimeSpan pause) =>
        !IsOn(now) && IsMost(atWork, fell) ? new Outage(now + (pause < LongestPause ? pause : LongestPause), fell) : this;

    /// <summary>Whether so many at once are one fault and not many.</summary>
    public static bool IsMost(int atWork, int fell) => atWork >= Least && fell * 2 > atWork;
}
