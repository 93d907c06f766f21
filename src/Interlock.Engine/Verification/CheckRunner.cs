using Interlock.Engine.Agents;
using Interlock.Engine.Sandbox;

namespace Interlock.Engine.Verification;

/// <param name="ExitCode">128 + n when signal n ended it, 127 when it could not be started.</param>
/// <param name="Tail">The last 16 KB of output.</param>
public sealed record CheckOutcome(string Name, bool Passed, int ExitCode, bool TimedOut, TimeSpan Duration, string LogPath, string Tail);

/// <summary>Runs checks one after the other in a directory and stops at the first red one. Nothing a check starts outlives it.</summary>
/// <param name="inside">The sandbox for a check in a directory; none without it.</param>
public sealed class CheckRunner(TimeProvider time, Func<Check, string, ISandbox>? inside = null)
{
    private const long LogCap = 10L << 20;

    public CheckRunner()
        : this(TimeProvider.System)
    {
    }

    /// <param name="environment">The whole environment of the checks.</param>
    public async Task<IReadOnlyList<CheckOutcome>> RunAsync(
        string directory, IReadOnlyList<Check> checks, string logDirectory, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var outcomes = new List<CheckOutcome>();
        foreach (var check in checks)
        {
            var outcome = await RunAsync(directory, check, LogPathFor(logDirectory, outcomes.Count, check.Name), environment, cancellation);
            outcomes.Add(outcome);
            if (!outcome.Passed)
            {
                break;
            }
        }

        return outcomes;
    }

    private async Task<CheckOutcome> RunAsync(
        string directory, Check check, string logPath, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var open = new AgentCommand(check.Command, directory, environment, "");
        var command = inside?.Invoke(check, directory).Wrap(open) ?? open;
        var limits = new ProcessLimits(check.Timeout, Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(2), LogCap);
        var process = await AgentProcess.StartAsync(command, logPath, limits, time, cancellation);
        var outcome = await process.Completion;
        if (outcome.End == AgentEnd.Cancelled)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        var code = outcome.ExitCode ?? 128 + outcome.Signal!.Value;
        return new CheckOutcome(
            check.Name, outcome.End == AgentEnd.Exited && code == 0, code, outcome.End == AgentEnd.TimedOut, outcome.Duration, logPath, outcome.Tail);
    }

    // Check names are free text; file names are not.
    private static string LogPathFor(string logDirectory, int index, string name)
    {
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
        return Path.Combine(logDirectory, $"{index + 1:00}-{(safe.Length > 40 ? safe[..40] : safe)}.log");
    }
}
