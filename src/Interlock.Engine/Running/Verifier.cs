using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Engine.Agents;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>Why a commit was not accepted.</summary>
internal sealed record RedCheck(string Reason, string Log);

/// <summary>Runs the configured checks on one commit, in a clean tree of its own.</summary>
internal sealed class Verifier(Workspace workspace, Repository repository, WorktreePool pool, IReadOnlyList<Check> checks)
{
    private readonly CheckRunner runner = new();

    /// <summary>Null when every check passed, or none is configured.</summary>
    public async Task<RedCheck?> VerifyAsync(TaskId task, long fence, string commit, CancellationToken cancellation)
    {
        if (checks.Count == 0)
        {
            return null;
        }

        // The ref keeps a red candidate alive for whoever wants to look at it.
        await repository.Git.RunAsync(["update-ref", string.Create(CultureInfo.InvariantCulture, $"refs/interlock/candidates/{fence}"), commit], cancellation);
        var worktree = await pool.CreateAsync(
            string.Create(CultureInfo.InvariantCulture, $"verify-{fence}"), string.Create(CultureInfo.InvariantCulture, $"interlock-verify/{fence}"), commit, cancellation);
        try
        {
            var logs = Path.Combine(workspace.StateDir, "logs", string.Create(CultureInfo.InvariantCulture, $"{task}-{fence}-checks"));
            var environment = ChildEnvironment.Build(workspace.Config.Config.Environment, new Dictionary<string, string>(pool.EnvironmentOf(worktree)) { ["CI"] = "true" });
            var outcomes = await runner.RunAsync(worktree.Path, checks, logs, environment, cancellation);
            return outcomes.FirstOrDefault(outcome => !outcome.Passed) is { } red
                ? new RedCheck($"check '{red.Name}' {(red.TimedOut ? "took too long" : $"failed with exit code {red.ExitCode}")}", red.LogPath)
                : null;
        }
        finally
        {
            // Checks leave build output behind; nothing in this tree is anybody's work.
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await pool.DiscardAsync(worktree, bound.Token);
        }
    }
}
