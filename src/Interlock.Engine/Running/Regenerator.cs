using System.Collections.Concurrent;
using Interlock.Engine.Agents;
using Interlock.Engine.Merging;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>Makes files anew in a worktree that nobody else sees and that is thrown away afterwards.</summary>
internal sealed class Regenerator(Workspace workspace, Repository repository, WorktreePool pool) : IRegenerator
{
    private const int LongestLog = 4 * 1024;

    private readonly CheckRunner runner = new();
    private readonly ConcurrentDictionary<(string Tree, MergeRule Rule), string> made = new();

    public async Task<Regenerated> RunAsync(string commit, MergeRule rule, CancellationToken cancellation)
    {
        var tree = await repository.TreeOfAsync(commit, cancellation);
        if (made.TryGetValue((tree, rule), out var known))
        {
            return new Regenerated(known, "", "");
        }

        // Named like the trees of checks, so that a crash leaves nothing that is not swept away.
        var name = $"verify-regenerate-{Guid.NewGuid():N}"[..30];
        var worktree = await pool.CreateAsync(name, WorktreePool.VerificationBranches + name, commit, cancellation);
        try
        {
            var result = await RunAsync(worktree, tree, rule, cancellation);
            if (result.Tree is { } fresh)
            {
                made[(tree, rule)] = fresh;
            }

            return result;
        }
        finally
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await pool.DiscardAsync(worktree, bound.Token);
        }
    }

    private async Task<Regenerated> RunAsync(Worktree worktree, string tree, MergeRule rule, CancellationToken cancellation)
    {
        var command = rule.Command!;
        var logs = Path.Combine(workspace.StateDir, "logs", worktree.Name["verify-".Length..]);
        var environment = ChildEnvironment.Build(workspace.Config.Config.Environment, new Dictionary<string, string> { ["CI"] = "true" });
        var outcome = (await runner.RunAsync(worktree.Path, [command], logs, environment, cancellation))[0];
        if (!outcome.Passed)
        {
            var why = outcome.TimedOut ? "took too long" : $"failed with exit code {outcome.ExitCode}";
            var tail = outcome.Tail.Length <= LongestLog ? outcome.Tail : outcome.Tail[^LongestLog..];
            return new Regenerated(null, $"'{command.Name}', which makes {rule.Paths} anew, {why}. The end of its output:", tail);
        }

        var setUp = WorktreeMarker.Read(worktree.GitDir)?.SetupPaths ?? [];
        var snapshot = await TreeSnapshot.TakeAsync(repository, worktree.Path, Path.Combine(worktree.GitDir, "index"), tree, setUp, withNested: false, cancellation);
        return new Regenerated(snapshot.Tree, "", "");
    }
}
