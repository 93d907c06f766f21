using System.Diagnostics;

namespace Interlock.Engine.Platform;

/// <summary>
/// Ends a process with everything it started. Linux: its process group, then every process whose environment carries
/// the run's marker, wherever it moved itself. macOS and Windows: the tree of parents and children, which a process
/// that outlives its parent can leave; on Windows it is still in the <see cref="WindowsJob"/> of a program this process started.
/// </summary>
public static class ProcessTree
{
    /// <summary>The environment variable that marks every process of one run.</summary>
    public const string MarkerVariable = "INTERLOCK_RUN";

    /// <summary>The environment variable that says for which checkout a process works.</summary>
    public const string RootVariable = "INTERLOCK_ROOT";

    private const int MostSweeps = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Asks politely, waits up to <paramref name="grace"/>, then kills. Cancelling shortens the grace to nothing;
    /// the kill is never skipped. Returns when nothing of the tree is left to be seen.
    /// </summary>
    /// <param name="byInterrupt">Asks by SIGINT instead of SIGTERM, where there are signals.</param>
    public static async Task StopAsync(ProcessIdentity process, string? marker, TimeSpan grace, CancellationToken cancellation, bool byInterrupt = false)
    {
        if (!OperatingSystem.IsLinux())
        {
            await StopElsewhereAsync(process, grace, cancellation);
            return;
        }

        if (process.Host != ProcessIdentity.Current.Host || process.BootId != ProcessIdentity.Current.BootId)
        {
            return;
        }

        await EndAsync(() => Members(process, marker), () => KillGroup(process), byInterrupt ? Native.SignalInterrupt : Native.SignalTerminate, grace, cancellation);
    }

    /// <summary>
    /// Stops, as <see cref="StopAsync"/> does, every process that carries the marker: what a run had started and was killed before
    /// it could say so. Linux alone; elsewhere nobody is found.
    /// </summary>
    public static Task StopMarkedAsync(string marker, TimeSpan grace, CancellationToken cancellation) =>
        OperatingSystem.IsLinux() ? EndAsync(() => Marked(marker), () => { }, Native.SignalTerminate, grace, cancellation) : Task.CompletedTask;

    /// <summary>
    /// Stops, as <see cref="StopAsync"/> does, what runs have started and nobody remembers: every process that carries a marker
    /// and was given a root that <paramref name="isOurs"/> agrees to. Linux alone; elsewhere nobody is found.
    /// </summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> StopForgottenAsync(Func<string, bool> isOurs, TimeSpan grace, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var count = Forgotten(isOurs).Count;
        await EndAsync(() => Forgotten(isOurs), () => { }, Native.SignalTerminate, grace, cancellation);
        return count;
    }

    /// <summary>True when the environment the process was started with has exactly this marker.</summary>
    internal static bool HasMarker(int pid, string marker) => Variable(pid, MarkerVariable) == marker;

    private static async Task EndAsync(Func<List<ProcessStatus>> members, Action killGroup, int ask, TimeSpan grace, CancellationToken cancellation)
    {
        if (grace > TimeSpan.Zero)
        {
            members().ForEach(member => Signal(member, ask));
            await WaitAsync(() => members().Count == 0, grace, cancellation);
        }

        // A process may fork while it is being looked for, so one empty look is the proof, not one round of kills.
        for (var sweep = 0; sweep < MostSweeps && members() is { Count: > 0 } left; sweep++)
        {
            killGroup();
            left.ForEach(member => Signal(member, Native.SignalKill));
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    // Null when it has none, ended, or is another user's.
    private static string? Variable(int pid, string name)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0')
                .FirstOrDefault(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // What carries our own marker is the agent that had us started, or its family.
    private static List<ProcessStatus> Forgotten(Func<string, bool> isOurs)
    {
        var own = Environment.GetEnvironmentVariable(MarkerVariable);
        var ownGroup = Native.OwnGroup();
        return [.. ProcessStatus.All().Where(p => !p.IsGone && p.Pid != Environment.ProcessId && p.Group != ownGroup
            && Variable(p.Pid, RootVariable) is { } root && Variable(p.Pid, MarkerVariable) is { } marker && marker != own && isOurs(root))];
    }

    private static List<ProcessStatus> Marked(string marker)
    {
        var ownGroup = Native.OwnGroup();
        return [.. ProcessStatus.All().Where(p => !p.IsGone && p.Pid != Environment.ProcessId && Carries(p, marker, ownGroup))];
    }

    // The group of whoever looks is the one that asks for the end, whatever mark it was given itself.
    private static bool Carries(ProcessStatus process, string marker, int ownGroup) => process.Group != ownGroup && HasMarker(process.Pid, marker);

    private static List<ProcessStatus> Members(ProcessIdentity process, string? marker)
    {
        var all = ProcessStatus.All().ToList();
        var ownGroup = Native.OwnGroup();
        var groupIsOurs = OwnsGroup(process, all, ownGroup);
        return [.. all.Where(p => !p.IsGone && p.Pid != Environment.ProcessId
            && ((p.Pid == process.Pid && p.StartTicks == process.StartTicks)
                || (groupIsOurs && p.Group == process.Pid && p.StartTicks >= process.StartTicks)
                || (marker is not null && Carries(p, marker, ownGroup))))];
    }

    // A pid cannot be given out again while a group of that number has members, so the group is the process's own
    // unless someone else already sits on the pid.
    private static bool OwnsGroup(ProcessIdentity process, List<ProcessStatus> all, int ownGroup) =>
        process.Pid != ownGroup
        && !all.Exists(p => p.Pid == process.Pid && (p.StartTicks != process.StartTicks || p.Group != process.Pid));

    private static void KillGroup(ProcessIdentity process)
    {
        if (ProcessStatus.Read(process.Pid) is { } leader && leader.StartTicks == process.StartTicks
            && leader.Group == process.Pid && leader.Group != Native.OwnGroup())
        {
            _ = Native.Kill(-process.Pid, Native.SignalKill);
        }
    }

    // The pidfd pins the process before its start is compared, so the signal cannot reach a later owner of the pid.
    private static void Signal(ProcessStatus target, int signal)
    {
        var pidfd = Native.PidfdOpen(target.Pid);
        try
        {
            if (ProcessStatus.Read(target.Pid) is not { } now || now.StartTicks != target.StartTicks)
            {
                return;
            }

            _ = pidfd >= 0 ? Native.PidfdSendSignal(pidfd, signal) : Native.Kill(target.Pid, signal);
        }
        finally
        {
            if (pidfd >= 0)
            {
                _ = Native.Close(pidfd);
            }
        }
    }

    private static async Task WaitAsync(Func<bool> done, TimeSpan limit, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (!done() && Stopwatch.GetElapsedTime(started) < limit)
        {
            try
            {
                await Task.Delay(Pause, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task StopElsewhereAsync(ProcessIdentity process, TimeSpan grace, CancellationToken cancellation)
    {
        if (process.Pid == Environment.ProcessId || process.Probe() != Liveness.Alive)
        {
            return;
        }

        if (grace > TimeSpan.Zero && !OperatingSystem.IsWindows())
        {
            _ = Native.Kill(process.Pid, Native.SignalTerminate);
            await WaitAsync(() => process.Probe() != Liveness.Alive, grace, cancellation);
        }

        try
        {
            using var target = Process.GetProcessById(process.Pid);
            if (process.Probe() == Liveness.Alive)
            {
                target.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended between the look and the kill.
        }
    }
}
