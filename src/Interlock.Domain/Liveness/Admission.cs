using System.Globalization;
using Interlock.Domain.Leasing;

namespace Interlock.Domain.Liveness;

/// <summary>How busy the machine is.</summary>
/// <param name="Load">Processes that run or want to, on average over a minute, for each core; null when nobody can say.</param>
/// <param name="FreeMemory">Bytes that can be had without taking them from anybody; null when nobody can say.</param>
public sealed record MachineLoad(double? Load, long? FreeMemory);

/// <summary>From when on no further agent is started. Those at work go on, and one may always work.</summary>
/// <param name="Load">For each core; null for no limit.</param>
/// <param name="FreeMemory">In bytes; null for no limit.</param>
public sealed record Admission(double? Load, long? FreeMemory)
{
    /// <summary>Null when one more may start; else why not.</summary>
    /// <param name="atWork">Agents that work here now.</param>
    public Refusal? Check(MachineLoad machine, int atWork)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (atWork == 0)
        {
            return null;
        }

        if (Load is { } most && machine.Load > most)
        {
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"this machine is overloaded: {machine.Load:0.0} processes want each core (no agent starts above {most:0.##})"));
        }

        return FreeMemory is { } least && machine.FreeMemory < least
            ? Refuse(string.Create(CultureInfo.InvariantCulture, $"this machine is short of memory: {machine.FreeMemory >> 20} MB are free (no agent starts below {least >> 20})"))
            : null;
    }

    private static Refusal Refuse(string why) => new(RefusalCodes.Overload, why, "It starts by itself when that is over; the limits are admission in interlock.json");
}
