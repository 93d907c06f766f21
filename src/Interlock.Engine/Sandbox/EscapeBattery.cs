using System.Text;
using Interlock.Engine.Agents;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Sandbox;

/// <param name="Escaped">What came of it; null when it was held.</param>
public sealed record EscapeVerdict(string Attempt, string? Escaped);

/// <param name="Why">Why there is no sandbox to try; null when there is one.</param>
/// <param name="Works">An agent can do its own work inside: edit, commit, use its folder for temporary files.</param>
public sealed record EscapeReport(string Level, string? Why, IReadOnlyList<EscapeVerdict> Verdicts, bool Works, TimeSpan Took)
{
    public bool Held => Why is null && Works && Verdicts.All(verdict => verdict.Escaped is null);
}

/// <summary>Tries the sandbox that agents get on a repository made for it: every attempt must fail, and an agent's own work must not.</summary>
public static class EscapeBattery
{
    private const string Mark = "--8<-- ";
    private const string Lingers = "sleep 77.31";

    // Done after the attempts, so that none of them was one by accident only because nothing works in there.
    private const string OwnWork = "echo mine > mine.txt && git add mine.txt && git commit -qm mine && test -w /tmp && echo OWN-WORK-DONE";

    public static Task<EscapeReport> RunAsync(TimeProvider time, CancellationToken cancellation) => RunAsync(time, (scope, _) => scope, cancellation);

    /// <param name="change">Makes a hole, to see that it is found.</param>
    internal static async Task<EscapeReport> RunAsync(TimeProvider time, Func<SandboxScope, EscapeLab, SandboxScope> change, CancellationToken cancellation)
    {
        var sandboxes = Sandboxes.For(new Configuration.InterlockConfig());
        if (sandboxes.WhyNone is { } why)
        {
            return new EscapeReport(sandboxes.Level, why, [], Works: false, TimeSpan.Zero);
        }

        var started = time.GetTimestamp();
        using var lab = await EscapeLab.BuildAsync(time, cancellation);
        var scope = change(SandboxScopes.ForAgent(lab.Workspace, lab.Workspace.Repository!, lab.Pool, lab.Own, [], [], []), lab);
        var before = EscapeAttempts.All.SelectMany(attempt => attempt.Targets).Distinct().ToDictionary(target => target, lab.Look);
        var output = await AttemptAsync(lab, sandboxes.Of(scope), time, cancellation);
        var said = output.Split(Mark);
        var verdicts = EscapeAttempts.All.Select((attempt, i) => new EscapeVerdict(attempt.Name, Escaped(lab, attempt, i + 1 < said.Length ? said[i + 1] : "", before))).ToList();
        return new EscapeReport(sandboxes.Level, null, verdicts, output.Contains("OWN-WORK-DONE", StringComparison.Ordinal), time.GetElapsedTime(started));
    }

    private static async Task<string> AttemptAsync(EscapeLab lab, ISandbox sandbox, TimeProvider time, CancellationToken cancellation)
    {
        var script = new StringBuilder();
        foreach (var attempt in EscapeAttempts.All)
        {
            script.Append("echo; echo '").Append(Mark).Append("'\n( cd \"$OWN\" && { ").Append(attempt.Script).Append("\n} ) </dev/null 2>/dev/null\n");
        }

        script.Append("echo; echo '").Append(Mark).Append("'\ncd \"$OWN\" && ").Append(OwnWork).Append('\n');
        var variables = lab.Variables;
        variables["OWN"] = lab.Own.Path;
        var command = sandbox.Wrap(new AgentCommand(["/bin/sh", "-c", script.ToString()], lab.Own.Path, variables, ""));
        var log = Path.Combine(lab.Workspace.StateDir, "logs", "escapes.log");
        var text = Path.Combine(lab.Workspace.StateDir, "logs", "escapes.out");
        var limits = new ProcessLimits(TimeSpan.FromMinutes(5), Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(1), 16 << 20) { StandardOutput = text };
        var process = await AgentProcess.StartAsync(command, log, limits, time, cancellation);
        await process.Completion;
        return await File.ReadAllTextAsync(text, cancellation);
    }

    private static string? Escaped(EscapeLab lab, EscapeAttempt attempt, string said, Dictionary<string, string> before)
    {
        if (attempt.Targets.FirstOrDefault(target => lab.Look(target) != before[target]) is { } changed)
        {
            return $"{changed} was changed";
        }

        return said.Contains(EscapeAttempt.Secret, StringComparison.Ordinal) ? "a secret was read"
            : attempt.Script.Contains("kill -9 $VICTIM", StringComparison.Ordinal) && !lab.VictimLives ? "it was killed"
            : attempt.Script.Contains(Lingers, StringComparison.Ordinal) && Lives() ? "it lives on"
            : null;
    }

    private static bool Lives() => Directory.Exists("/proc") && Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ').TrimEnd() == Lingers;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
