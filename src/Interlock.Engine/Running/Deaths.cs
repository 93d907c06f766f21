using Interlock.Domain.Liveness;

namespace Interlock.Engine.Running;

/// <summary>Agents that were killed by nobody of ours within a moment of each other.</summary>
internal sealed class Deaths(TimeProvider time)
{
    // A few ticks: what fells many does not do it at the same instant, and a busy machine tells of it late.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly List<long> times = [];
    private int atWork;

    /// <summary>Agents at work at the last tick.</summary>
    public int AtWork
    {
        set => Volatile.Write(ref atWork, value);
    }

    /// <summary>Notes a death and waits a moment for others. Answers how many fell in it, and among how many.</summary>
    public async Task<(int Fell, int Among)> CountAsync(CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        var among = Volatile.Read(ref atWork);
        lock (gate)
        {
            times.RemoveAll(other => now > other && time.GetElapsedTime(other, now) > Moment * 2);
            times.Add(now);
        }

        if (among < Outage.Least)
        {
            return (1, among);
        }

        await Task.Delay(Moment, time, cancellation);
        lock (gate)
        {
            return (times.Count(other => (now > other ? time.GetElapsedTime(other, now) : time.GetElapsedTime(now, other)) <= Moment), among);
        }
    }
}
