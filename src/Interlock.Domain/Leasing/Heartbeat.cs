namespace Interlock.Domain.Leasing;

/// <summary>When a supervisor last reported.</summary>
/// <param name="Monotonic">Time since the boot named by <paramref name="Boot"/>; it decides where both sides share that boot.</param>
public sealed record Heartbeat(DateTimeOffset At, TimeSpan Monotonic, string Boot)
{
    /// <summary>A supervisor reports this often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Three missed: worth telling.</summary>
    public static readonly TimeSpan SuspectAfter = TimeSpan.FromSeconds(45);

    /// <summary>Eight missed: gone, where nothing better is known.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(120);

    /// <summary>Never negative, whichever way the wall clock was set.</summary>
    public TimeSpan Age(LeaseClock now)
    {
        var age = Boot == now.Boot ? now.Monotonic - Monotonic : now.Wall - At;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }
}
