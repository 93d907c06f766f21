using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Interlock.Engine.Platform;

public enum Liveness
{
    Alive,
    Dead,

    /// <summary>Cannot be told from here. Never to be treated as dead.</summary>
    Unknown,
}

/// <summary>
/// Names one process for ever: a pid alone is reused, a pid with its start time and boot is not.
/// <paramref name="StartTicks"/> is field 22 of <c>/proc/&lt;pid&gt;/stat</c> on Linux, because the wall-clock start time
/// moves when the clock is set; elsewhere it is the start time in .NET ticks. A process in a pid namespace of its own
/// carries that namespace in <paramref name="Host"/>, since its pids mean nothing outside. In a time namespace all start
/// times and the monotonic clock are shifted, so its shift is part of both the host and the boot.
/// </summary>
public sealed record ProcessIdentity(string Host, string BootId, int Pid, long StartTicks)
{
    private const string InitialNamespace = "pid:[4026531836]";
    private const string InitialTime = "time:[4026531834]";
    private static readonly string ThisShift = ReadShift();
    private static readonly string ThisHost = ReadHost() + ThisShift;
    private static readonly string ThisBoot = ReadBoot() + ThisShift;

    public static ProcessIdentity Current { get; } =
        Of(Environment.ProcessId) ?? throw new InvalidOperationException("the own process has no start time");

    /// <summary>Null when no process has the pid now.</summary>
    public static ProcessIdentity? Of(int pid) => StartOf(pid) is { } start ? new(ThisHost, ThisBoot, pid, start) : null;

    public Liveness Probe()
    {
        if (Host != ThisHost)
        {
            return Liveness.Unknown;
        }

        if (BootId != ThisBoot)
        {
            return Liveness.Dead;
        }

        return OperatingSystem.IsLinux() ? ProbeLinux() : StartOf(Pid) == StartTicks ? Liveness.Alive : Liveness.Dead;
    }

    private Liveness ProbeLinux()
    {
        if (ProcessStatus.Read(Pid) is { } status)
        {
            return status.StartTicks == StartTicks && !status.IsGone ? Liveness.Alive : Liveness.Dead;
        }

        // A hidden /proc (hidepid) must not read as a death.
        return Native.Kill(Pid, 0) != 0 && Marshal.GetLastPInvokeError() == Native.NoSuchProcess ? Liveness.Dead : Liveness.Unknown;
    }

    private static long? StartOf(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return ProcessStatus.Read(pid) is { IsGone: false } status ? status.StartTicks : null;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string ReadHost()
    {
        if (!OperatingSystem.IsLinux() || new FileInfo("/proc/self/ns/pid").LinkTarget is not { } ns || ns == InitialNamespace)
        {
            return Environment.MachineName;
        }

        return $"{Environment.MachineName}#{ns["pid:[".Length..^1]}";
    }

    // Elsewhere the start time is absolute and already differs between boots.
    private static string ReadBoot() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    // Such as "#86400.0,0.0": monotonic clock and start times, in seconds and nanoseconds. Empty where clocks are the host's own.
    private static string ReadShift()
    {
        const string Offsets = "/proc/self/timens_offsets";
        if (!OperatingSystem.IsLinux() || new FileInfo("/proc/self/ns/time").LinkTarget is null or InitialTime || !File.Exists(Offsets))
        {
            return "";
        }

        var shifts = File.ReadLines(Offsets).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(fields => $"{fields[1]}.{fields[2]}").ToList();
        return shifts.TrueForAll(shift => shift == "0.0") ? "" : $"#{string.Join(',', shifts)}";
    }
}
