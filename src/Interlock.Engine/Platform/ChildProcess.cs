using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Interlock.Engine.Agents;

namespace Interlock.Engine.Platform;

/// <summary>
/// A started program in a session of its own, its output in a log. On Linux <c>setsid</c> makes the session and keeps the
/// pid; on Windows a <see cref="WindowsJob"/> holds it. Without either stopping falls back to the tree of parents and children.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int ChunkSize = 16 * 1024;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);
    private static readonly string? SetSid = OperatingSystem.IsLinux()
        ? new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists)
        : null;

    private readonly Process process;
    private readonly OutputLog log;
    private readonly OutputLog? standard;
    private readonly string marker;
    private readonly bool interruptible;
    private readonly WindowsJob? job;
    private readonly Task drained;
    private readonly Task fed;
    private readonly Lock input = new();

    private ChildProcess(Process process, AgentCommand command, OutputLog log, string marker, Action outputSeen, Action<ReadOnlyMemory<byte>> hear, OutputLog? standard)
    {
        (this.process, Identity, this.log, this.marker, this.standard) = (process, IdentityOf(process), log, marker, standard);
        interruptible = command.StopsOnInterrupt;
        job = OperatingSystem.IsWindows() ? WindowsJob.Of(process) : null;
        drained = Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, outputSeen, chunk => { standard?.Append(chunk.Span); hear(chunk); }),
            CopyAsync(process.StandardError.BaseStream, outputSeen, _ => { }));
        fed = command.KeepsInput ? Task.CompletedTask : FeedAsync(command.Prompt);
    }

    internal ProcessIdentity Identity { get; }

    internal string Tail => log.Tail;

    internal int ExitCode => process.ExitCode;

    /// <param name="hear">Gets standard output alone.</param>
    /// <param name="standard">Gets it too, besides the log; null for none.</param>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    internal static ChildProcess Start(
        AgentCommand command, OutputLog log, Action outputSeen, Action<ReadOnlyMemory<byte>> hear, OutputLog? standard = null)
    {
        var start = new ProcessStartInfo(SetSid ?? command.Command[0])
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var argument in SetSid is null ? command.Command.Skip(1) : ["--", .. command.Command])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        // Every child carries a marker, or what leaves its session could never be found again.
        var marker = command.Environment.TryGetValue(ProcessTree.MarkerVariable, out var given) ? given : Guid.NewGuid().ToString("N");
        start.Environment[ProcessTree.MarkerVariable] = marker;
        Effects.Pass($"process: start {command.Command[0]}");
        var process = Process.Start(start)!;
        Effects.Pass($"process: started {command.Command[0]}");
        return new ChildProcess(process, command, log, marker, outputSeen, hear, standard);
    }

    internal Task WaitForExitAsync() => process.WaitForExitAsync(CancellationToken.None);

    internal async Task StopAsync(TimeSpan grace, CancellationToken cancellation)
    {
        await ProcessTree.StopAsync(Identity, marker, grace, cancellation, interruptible);
        if (OperatingSystem.IsWindows())
        {
            job?.End();
        }
    }

    /// <summary>Writes one line to the program that was started to be talked with.</summary>
    internal void Send(string line)
    {
        lock (input)
        {
            try
            {
                process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(line + "\n"));
                process.StandardInput.BaseStream.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // It has ended, or closed its input; its end will say more.
            }
        }
    }

    internal void CloseInput()
    {
        if (!fed.IsCompleted)
        {
            return;
        }

        lock (input)
        {
            try
            {
                process.StandardInput.Close();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Closed already.
            }
        }
    }

    /// <summary>A grandchild that keeps the pipe open cannot hold the end up.</summary>
    internal async Task DrainAsync()
    {
        await Task.WhenAny(drained, Task.Delay(DrainLimit, CancellationToken.None));
        log.Dispose();
        standard?.Dispose();
    }

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            job?.Dispose();
        }

        process.Dispose();
        log.Dispose();
        standard?.Dispose();
    }

    // A program that ended at once has no start time any more; a start no process can have makes every probe say dead.
    private static ProcessIdentity IdentityOf(Process process) =>
        ProcessIdentity.Of(process.Id) ?? ProcessIdentity.Current with { Pid = process.Id, StartTicks = -1 };

    private async Task CopyAsync(Stream output, Action outputSeen, Action<ReadOnlyMemory<byte>> also)
    {
        var buffer = new byte[ChunkSize];
        try
        {
            while (await output.ReadAsync(buffer) is > 0 and var count)
            {
                log.Append(buffer.AsSpan(0, count));
                also(buffer.AsMemory(0, count));
                outputSeen();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was disposed of after the drain limit.
        }
    }

    private async Task FeedAsync(string prompt)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(prompt));
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // A program may end, or close its input, without reading what it was given.
        }
    }
}
