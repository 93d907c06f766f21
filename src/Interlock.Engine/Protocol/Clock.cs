using Interlock.Domain.Leasing;

namespace Interlock.Engine.Protocol;

/// <summary>Reads the three clocks of a lease from one <see cref="TimeProvider"/>, whose timestamps count from boot and agree between processes.</summary>
public sealed class Clock(TimeProvider time, string boot)
{
    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public LeaseClock Read() => new(time.GetUtcNow(), time.GetElapsedTime(0, time.GetTimestamp()), boot);
}
