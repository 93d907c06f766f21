using System.Globalization;
using System.Text;
using Interlock.Engine.Agents;
using Interlock.Engine.Sandbox;

namespace Interlock.Engine.Verification;

/// <summary>What is known of the installed tools: the file behind each check's program, and what configured commands print.</summary>
/// <param name="root">Where the commands run: the checkout, never a candidate.</param>
/// <param name="stateDir">Takes the commands' output.</param>
internal sealed class Toolchain(IReadOnlyList<string> commands, string root, string stateDir)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private Task<string>? printed;

    /// <summary>Path, size and time of change of the program, and of the file it links to.</summary>
    public static string Fingerprint(string program, string? path)
    {
        if (ProgramPath.Find(program, path) is not { } found)
        {
            return $"{program}: no file";
        }

        var target = new FileInfo(File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found);
        return string.Create(CultureInfo.InvariantCulture, $"{found} > {target.FullName} {target.Length} {target.LastWriteTimeUtc.Ticks}");
    }

    /// <summary>What the configured commands print, each asked once by this instance.</summary>
    public Task<string> PrintedAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        if (printed is not { IsCompletedSuccessfully: true })
        {
            printed = AskAsync(environment, cancellation);
        }

        return printed;
    }

    private async Task<string> AskAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var all = new StringBuilder();
        foreach (var line in commands)
        {
            var log = Path.Combine(stateDir, "logs", $"toolchain-{Guid.NewGuid():N}.log");
            try
            {
                var process = await AgentProcess.StartAsync(
                    new AgentCommand(ShellCommand.Of(line), root, environment, ""), log, Limit, Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                var outcome = await process.Completion;
                cancellation.ThrowIfCancellationRequested();

                // One that fails has said something too: another answer is another toolchain.
                all.Append(CultureInfo.InvariantCulture, $"{line}\0{outcome.End} {outcome.ExitCode ?? outcome.Signal}\0{outcome.Tail}\0");
            }
            finally
            {
                File.Delete(log);
            }
        }

        return all.ToString();
    }
}
