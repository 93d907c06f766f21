namespace Interlock.Engine.Worktrees;

public abstract record SealResult
{
    private SealResult()
    {
    }

    public sealed record Sealed(string Commit, string Tree, IReadOnlyList<string> ChangedPaths) : SealResult;

    /// <summary>The worktree is as its base.</summary>
    public sealed record Nothing : SealResult;

    public sealed record Refused(string Reason) : SealResult;
}

/// <summary>
/// Makes one commit of everything in a worktree: the agent's own commits, its changes and its new files. Its parent is
/// the base, so the agent's history, whatever it is, does not travel.
/// </summary>
public static class Sealer
{
    public static async Task<SealResult> SealAsync(
        Worktree w, string message, string authorName, string authorEmail, CancellationToken cancellation)
    {
        var repository = w.OpenRepository();
        if (WorktreeMarker.Read(w.GitDir) is not { } marker)
        {
            return new SealResult.Refused("the worktree is no longer ours");
        }

        var head = await w.Git.TryRunAsync(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], cancellation);
        if (head.ExitCode != 0 || !await repository.IsAncestorAsync(w.BaseCommit, head.Text.Trim(), cancellation))
        {
            return new SealResult.Refused("rewrote its base");
        }

        var old = await repository.ReadRefAsync(w.BranchRef, cancellation);
        var snapshot = await TreeSnapshot.TakeAsync(repository, w.Path, Path.Combine(w.GitDir, "index"), w.BaseCommit, marker.SetupPaths, withNested: false, cancellation);
        if (snapshot.Nested.Count > 0)
        {
            return new SealResult.Refused($"{GitName.Readable(snapshot.Nested[0])}: a repository inside the repository");
        }

        var changes = await TreeChange.ReadAsync(repository, w.BaseCommit, snapshot.Tree, cancellation);
        if (changes.Count == 0)
        {
            return new SealResult.Nothing();
        }

        if (await ContentGate.FindAsync(repository, changes, cancellation) is { } reason)
        {
            return new SealResult.Refused(reason);
        }

        return await CommitAsync(repository, w, old, snapshot.Tree, changes, message, authorName, authorEmail, cancellation);
    }

    private static async Task<SealResult> CommitAsync(
        Repository repository, Worktree w, string? old, string tree, IReadOnlyList<TreeChange> changes,
        string message, string authorName, string authorEmail, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        IReadOnlyList<string> paths = [.. changes.Select(c => c.Path)];
        if (old is not null && await IsSealOfAsync(objects, old, tree, w.BaseCommit, message, cancellation))
        {
            return new SealResult.Sealed(old, tree, paths);
        }

        var commit = await CommitWriter.WriteAsync(objects, tree, [w.BaseCommit], message, authorName, authorEmail, cancellation);
        var expected = old ?? new string('0', commit.Length);
        if (!await repository.CompareAndSwapAsync(w.BranchRef, commit, expected, "interlock: seal", cancellation))
        {
            return new SealResult.Refused("its branch moved while it was sealed");
        }

        // The agent may go on from here: without this its index would show the sealed files as deleted.
        // Losing the race for the index lock against the agent's own git only costs that comfort.
        _ = await objects.TryRunAsync(["read-tree", tree], cancellation, env: WorktreeMaker.IndexOf(w.GitDir));
        return new SealResult.Sealed(commit, tree, paths);
    }

    // A crash after the branch moved must not make a second commit of the same work.
    private static async Task<bool> IsSealOfAsync(
        Git objects, string commit, string tree, string parent, string message, CancellationToken cancellation)
    {
        var text = await objects.RunAsync(["log", "-1", "--format=%T%n%P%n%cn%n%B", "--end-of-options", commit], cancellation);
        return text == $"{tree}\n{parent}\n{CommitWriter.CommitterName}\n{message}".Trim();
    }
}
