namespace Interlock.Domain.Scheduling;

/// <summary>How long a task waits after a failed attempt.</summary>
public static class Backoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Doubles with each attempt, spread over the upper half so that tasks that failed together do not return together.</summary>
    /// <param name="attempt">Attempts used up, from 1.</param>
    /// <param name="jitter">In [0, 1).</param>
    public static TimeSpan After(int attempt, double jitter)
    {
        var full = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Clamp(attempt - 1, 0, 30)));
        return TimeSpan.FromSeconds(full * (0.5 + (0.5 * jitter)));
    }
}
