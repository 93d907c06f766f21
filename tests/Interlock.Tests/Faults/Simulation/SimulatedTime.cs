namespace Interlock.Tests.Faults.Simulation;

/// <summary>A wall clock anybody may set over a monotonic one that nobody can; waiting takes no time of ours.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public TimeSpan SinceBoot { get; private set; } = TimeSpan.FromHours(1);

    public TimeSpan WallShift { get; set; }

    public TimeSpan Passed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Noon + Passed + WallShift;

    public override long GetTimestamp() => SinceBoot.Ticks;

    public void Advance(TimeSpan by)
    {
        Passed += by;
        SinceBoot += by;
    }

    /// <summary>The host starts anew: its monotonic clock begins again.</summary>
    public void Restart() => SinceBoot = TimeSpan.FromSeconds(30);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero)
        {
            Advance(dueTime);
            callback(state);
        }

        return new Elapsed();
    }

    private sealed class Elapsed : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
