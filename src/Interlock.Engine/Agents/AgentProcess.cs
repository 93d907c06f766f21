using System.ComponentModel;
using System.Text;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Agents;

public enum AgentEnd
{
    Exited,

    /// <summary>Ran longer than its wall limit.</summary>
    TimedOut,

    /// <summary>Wrote nothing for longer than its silence limit.</summary>
    Silent,

    /// <summary>Stayed after it had said its last word, and was ended.</summary>
    Finished,
    Cancelled,
}

/// <param name="ExitCode">Null when a signal ended it. 127 when the program could not be started.</param>
/// <param name="Signal">From an exit code above 128, as shells report it; a program that exits so by itself looks the same.</param>
/// <param name="Tail">The last 16 KB of output.</param>
public sealed record AgentOutcome(int? ExitCode, int? Signal, AgentEnd End, TimeSpan Duration, string Tail, string LogPath)
{
    /// <summary>What a listener made of its output.</summary>
    public AgentHeard Heard { get; init; } = AgentHeard.Nothing;
}

/// <param name="StopGrace">Between asking and killing when a limit is reached or the token is cancelled.</param>
/// <param name="LogCap">Bytes of output kept in the log file.</param>
internal sealed record ProcessLimits(TimeSpan Wall, TimeSpan Silence, TimeSpan StopGrace, long LogCap)
{
    /// <summary>A file that gets standard output alone, with the same cap; null for none.</summary>
    internal string? StandardOutput { get; init; }

    /// <summary>How long an agent may stay after its last word.</summary>
    internal TimeSpan AfterResult { get; init; } = TimeSpan.FromSeconds(10);

    internal static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(10);
    internal const long AgentLogCap = 64L << 20;
}

/// <summary>
/// One running agent: its output streamed to a log, its limits watched, its whole tree gone when
/// <see cref="Completion"/> ends. Its exit says when it ended, never whether its work is good.
/// </summary>
public sealed class AgentProcess
{
    private const int CannotStart = 127;
    private static readonly TimeSpan StayingGrace = TimeSpan.FromSeconds(2);
    private readonly TimeProvider time;
    private readonly ProcessLimits limits;
    private readonly OutputLog log;
    private readonly AgentListener? listener;
    private readonly long started;
    private readonly TaskCompletionSource<(AgentEnd End, TimeSpan Grace)> stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? child;
    private long lastOutput;
    private long lastOutputTicks;

    private AgentProcess(OutputLog log, ProcessLimits limits, TimeProvider time, AgentListener? listener)
    {
        (this.log, this.limits, this.time, this.listener) = (log, limits, time, listener);
        started = time.GetTimestamp();
        NoteOutput();
    }

    /// <summary>Of the agent itself; a dead one when it could not be started.</summary>
    public ProcessIdentity Identity { get; private set; } = ProcessIdentity.Current with { Pid = 0, StartTicks = -1 };

    public Task<AgentOutcome> Completion { get; private set; } = null!;

    public string Tail => log.Tail;

    public DateTimeOffset LastOutputAt => new(Interlocked.Read(ref lastOutputTicks), TimeSpan.Zero);

    /// <param name="cancellation">Stops the agent, not only its start.</param>
    /// <param name="listener">Gets what it says on standard output; null when nobody listens.</param>
    public static Task<AgentProcess> StartAsync(
        AgentCommand c, string logPath, TimeSpan wallLimit, TimeSpan silenceLimit, TimeProvider time, CancellationToken cancellation, AgentListener? listener = null) =>
        StartAsync(c, logPath, new ProcessLimits(wallLimit, silenceLimit, ProcessLimits.DefaultGrace, ProcessLimits.AgentLogCap), time, cancellation, listener);

    internal static Task<AgentProcess> StartAsync(
        AgentCommand command, string logPath, ProcessLimits limits, TimeProvider time, CancellationToken cancellation, AgentListener? listener = null)
    {
        cancellation.ThrowIfCancellationRequested();
        var agent = new AgentProcess(new OutputLog(logPath, limits.LogCap), limits, time, listener);
        try
        {
            agent.child = ChildProcess.Start(command, agent.log, agent.NoteOutput, agent.Hear, limits.StandardOutput is { } path ? new OutputLog(path, limits.LogCap) : null);
            listener?.Open(agent.child.Send);
            agent.Identity = agent.child.Identity;
            agent.Completion = agent.SuperviseAsync(agent.child, cancellation);
        }
        catch (Win32Exception e)
        {
            agent.log.Append(Encoding.UTF8.GetBytes($"cannot start {command.Command[0]}: {e.Message}\n"));
            agent.log.Dispose();
            agent.Completion = Task.FromResult(agent.OutcomeOf(CannotStart, AgentEnd.Exited));
        }

        return Task.FromResult(agent);
    }

    /// <summary>Ends the agent and everything it started; returns when it is gone.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        stop.TrySetResult((AgentEnd.Cancelled, grace));
        await Completion;
    }

    /// <summary>It did something besides printing, such as asking its hook: it is not silent.</summary>
    public void NoteAlive() => NoteOutput();

    private async Task<AgentOutcome> SuperviseAsync(ChildProcess process, CancellationToken cancellation)
    {
        await using var registration = cancellation.Register(() => stop.TrySetResult((AgentEnd.Cancelled, limits.StopGrace)));
        await using var wall = time.CreateTimer(_ => stop.TrySetResult((AgentEnd.TimedOut, limits.StopGrace)), null, limits.Wall, Timeout.InfiniteTimeSpan);
        await using var silence = WatchSilence();
        var exit = process.WaitForExitAsync();
        await using var lingering = EndAfterResult(process);
        await Task.WhenAny(exit, stop.Task);

        // Both may be true at once; an agent that exited by itself was not stopped.
        var end = exit.IsCompleted ? AgentEnd.Exited : (await stop.Task).End;
        var grace = exit.IsCompleted ? TimeSpan.Zero : (await stop.Task).Grace;
        if (!exit.IsCompleted && listener?.Interrupt is { } breakOff)
        {
            process.Send(breakOff);
        }

        await process.StopAsync(grace, CancellationToken.None);
        await exit;
        await process.DrainAsync();
        var outcome = OutcomeOf(process.ExitCode, end);
        process.Dispose();
        return outcome;
    }

    // An agent that is done may still hang, or wait for work that nobody will give it.
    private ITimer EndAfterResult(ChildProcess process)
    {
        var timer = time.CreateTimer(_ => stop.TrySetResult((AgentEnd.Finished, StayingGrace)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = listener?.Ended.ContinueWith(
            _ =>
            {
                process.CloseInput();
                timer.Change(limits.AfterResult, Timeout.InfiniteTimeSpan);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return timer;
    }

    private void Hear(ReadOnlyMemory<byte> chunk) => listener?.Take(chunk.Span);

    private ITimer WatchSilence()
    {
        ITimer? timer = null;
        timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(limits.Silence, Timeout.InfiniteTimeSpan);
        return timer;

        void Look()
        {
            var left = limits.Silence - time.GetElapsedTime(Interlocked.Read(ref lastOutput));
            if (left <= TimeSpan.Zero)
            {
                stop.TrySetResult((AgentEnd.Silent, limits.StopGrace));
            }
            else
            {
                timer!.Change(left, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void NoteOutput()
    {
        Interlocked.Exchange(ref lastOutput, time.GetTimestamp());
        Interlocked.Exchange(ref lastOutputTicks, time.GetUtcNow().UtcTicks);
    }

    private AgentOutcome OutcomeOf(int code, AgentEnd end)
    {
        int? signal = code is > 128 and <= 192 && !OperatingSystem.IsWindows() ? code - 128 : null;
        var exit = signal is null ? code : (int?)null;
        return new AgentOutcome(exit, signal, end, time.GetElapsedTime(started), log.Tail, log.Path) { Heard = listener?.Close(exit) ?? AgentHeard.Nothing };
    }
}
