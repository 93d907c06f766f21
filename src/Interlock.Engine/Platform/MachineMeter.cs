using System.Globalization;
using Interlock.Domain.Liveness;

namespace Interlock.Engine.Platform;

/// <summary>
/// How busy this machine is. Linux: the kernel's load average and what memory can still be had, within the limit of a container where there
/// is one. Elsewhere load is not known, and memory is what the runtime sees of it.
/// </summary>
internal static class MachineMeter
{
    private const string ContainerLimit = "/sys/fs/cgroup/memory.max";
    private const string ContainerUse = "/sys/fs/cgroup/memory.current";

    internal static MachineLoad Read() => OperatingSystem.IsLinux() ? new MachineLoad(Load(), Memory()) : new MachineLoad(null, Elsewhere());

    private static double? Load() => Text("/proc/loadavg")?.Split(' ') is [var minute, ..] && double.TryParse(minute, NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
        ? load / Environment.ProcessorCount
        : null;

    private static long? Memory()
    {
        var machine = Text("/proc/meminfo")?.Split('\n').FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } found
            && long.TryParse(found.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes << 10 : (long?)null;

        // "max" is no number: then the container has no limit of its own.
        var container = long.TryParse(Text(ContainerLimit), CultureInfo.InvariantCulture, out var limit) && long.TryParse(Text(ContainerUse), CultureInfo.InvariantCulture, out var used)
            ? Math.Max(0, limit - used) : (long?)null;
        return container is { } left && (machine is null || left < machine) ? left : machine;
    }

    private static long? Elsewhere() => GC.GetGCMemoryInfo() is { TotalAvailableMemoryBytes: > 0, MemoryLoadBytes: > 0 } seen
        ? Math.Max(0, seen.TotalAvailableMemoryBytes - seen.MemoryLoadBytes)
        : null;

    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
