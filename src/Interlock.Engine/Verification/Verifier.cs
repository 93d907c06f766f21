using Interlock.Engine.Agents;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Verification;

/// <summary>Runs the configured checks on one commit, in a clean tree of its own.</summary>
internal sealed class Verifier(Workspace workspace, Repository repository, WorktreePool pool, IReadOnlyList<Check> checks) : IVerifier
{
    private readonly CheckRunner runner = new();

    /// <summary>Keeps a candidate alive for whoever wants to look at it.</summary>
    public static string RefOf(string label) => $"refs/interlock/candidates/{label}";

    public async Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true)
    {
        if (checks.Count == 0)
        {
            return new Verdict(true, null, null, FromCache: false, Runs: 0, []);
        }

        await repository.Git.RunAsync(["update-ref", RefOf(label), commit], cancellation);
        var worktree = await pool.CreateAsync($"verify-{label}", $"interlock-verify/{label}", commit, cancellation);
        try
        {
            var logs = Path.Combine(workspace.StateDir, "logs", $"{label}-checks");
            var environment = ChildEnvironment.Build(workspace.Config.Config.Environment, new Dictionary<string, string> { ["CI"] = "true" });
            var outcomes = await runner.RunAsync(worktree.Path, checks, logs, environment, cancellation);
            return outcomes.FirstOrDefault(outcome => !outcome.Passed) is { } red
                ? new Verdict(false, $"check '{red.Name}' {(red.TimedOut ? "took too long" : $"failed with exit code {red.ExitCode}")}", red.LogPath, FromCache: false, Runs: 1, [])
                : new Verdict(true, null, null, FromCache: false, Runs: 1, []);
        }
        finally
        {
            // Checks leave build output behind; nothing in this tree is anybody's work.
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await pool.DiscardAsync(worktree, bound.Token);
        }
    }
}
