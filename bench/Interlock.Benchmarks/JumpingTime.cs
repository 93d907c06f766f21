namespace Interlock.Benchmarks;

/// <summary>Time that stands still until told, and jumps over every wait instead of waiting.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private readonly DateTimeOffset start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(Interlocked.Read(ref passed));

    public override long GetTimestamp() => TimeSpan.TicksPerDay + Interlocked.Read(ref passed);

    public void Advance(TimeSpan by) => Interlocked.Add(ref passed, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Advance(dueTime);
        }

        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Done();
    }

    private sealed class Done : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
