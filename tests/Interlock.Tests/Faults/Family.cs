using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Faults;

/// <summary>Every process that was started from one bench, however far away: all carry its folder for signals in their environment.</summary>
internal static partial class Family
{
    private const int SignalKill = 9;

    internal enum Kin
    {
        Agent,
        Git,
        Other,
    }

    public static IReadOnlyList<(int Pid, Kin Kin)> Of(string signals) =>
        [.. ProcessStatus.All().Where(status => !status.IsGone && status.Pid != Environment.ProcessId)
            .Select(status => (status.Pid, Environ: Read(status.Pid, "environ")))
            .Where(entry => entry.Environ.Contains($"SIGNALS={signals}\0", StringComparison.Ordinal))
            .Select(entry => (entry.Pid, KinOf(entry.Pid, entry.Environ)))];

    /// <summary>Those that work for a task, whoever started them.</summary>
    public static IReadOnlyList<int> AgentsOf(string signals) => [.. Of(signals).Where(member => member.Kin == Kin.Agent).Select(member => member.Pid)];

    /// <summary>The task an agent works on, and the fence of its lease; null when it is gone.</summary>
    public static (string Task, long Fence)? WorkOf(int pid)
    {
        var environ = Read(pid, "environ").Split('\0');
        return Value("INTERLOCK_TASK_ID") is { } task && Value("INTERLOCK_TOKEN")?.Split('.') is [_, var fence, _] ? (task, long.Parse(fence, CultureInfo.InvariantCulture)) : null;

        string? Value(string name) => environ.FirstOrDefault(variable => variable.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    public static void Kill(int pid) => _ = Kill(pid, SignalKill);

    private static Kin KinOf(int pid, string environ) =>
        Read(pid, "comm").StartsWith("git", StringComparison.Ordinal) ? Kin.Git
        : environ.Contains("INTERLOCK_TASK_ID=", StringComparison.Ordinal) ? Kin.Agent : Kin.Other;

    private static string Read(int pid, string name)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
