namespace Interlock.Engine.Worktrees;

public sealed class UnsavedWorkException(string message) : Exception(message);

/// <summary>Removes worktrees without losing work and without following links. The caller holds the worktree lock.</summary>
/// <param name="pooled">Most folders that are pooled instead of deleted.</param>
internal sealed class WorktreeRemover(Repository repository, PoolRoot root, int pooled)
{
    /// <exception cref="InvalidOperationException">The path is not below the root with our marker.</exception>
    internal void RequireOurs(Worktree worktree)
    {
        var records = Path.Combine(repository.CommonDir, "worktrees");
        var marked = Path.GetDirectoryName(worktree.GitDir) == records
            && WorktreeMarker.Read(worktree.GitDir) is { } marker && marker.Path == worktree.Path;
        if (!marked || worktree.Path != Path.Combine(root.Path, worktree.Name) || RealPath.Of(worktree.Path) != worktree.Path)
        {
            throw new InvalidOperationException($"'{worktree.Path}' is not a worktree of this pool");
        }
    }

    /// <summary>Answers the folder that is left to delete, for which no lock is needed; null when it was pooled or gone.</summary>
    internal async Task<string?> RemoveAsync(Worktree worktree, bool deleteBranch, string? submitted, CancellationToken cancellation)
    {
        RequireOurs(worktree);
        await RequireSavedAsync(worktree, deleteBranch, submitted, cancellation);
        var tip = await repository.ReadRefAsync(worktree.BranchRef, cancellation);
        var left = TakeAway(worktree);
        if (deleteBranch && tip is not null)
        {
            await repository.Git.RunAsync(["update-ref", "-d", worktree.BranchRef, tip], cancellation);
        }

        return left;
    }

    /// <summary>For a worktree that nobody was given yet, or with nobody's work in it. Answers what is left to delete.</summary>
    internal async Task<string?> DiscardAsync(Worktree worktree, CancellationToken cancellation)
    {
        RequireOurs(worktree);
        var left = TakeAway(worktree);
        await repository.TryDeleteAsync(worktree.BranchRef, worktree.BaseCommit, cancellation);
        return left;
    }

    private async Task RequireSavedAsync(Worktree worktree, bool deleteBranch, string? submitted, CancellationToken cancellation)
    {
        var saved = await SavedCommitsAsync(worktree, deleteBranch, submitted, cancellation);
        var head = await new HeadReader(repository).ReadAsync(worktree, cancellation);
        foreach (var commit in new[] { head, deleteBranch ? await repository.ReadRefAsync(worktree.BranchRef, cancellation) : null })
        {
            if (commit is not null && !await IsReachableAsync(commit, worktree.BranchRef, saved, cancellation))
            {
                throw new UnsavedWorkException($"the commits of '{worktree.Name}' up to {commit} are on no other branch; salvage them first");
            }
        }

        var marker = WorktreeMarker.Read(worktree.GitDir);
        if (!Directory.Exists(worktree.Path) || marker is { Ready: false })
        {
            return;
        }

        var start = head ?? worktree.BaseCommit;
        var snapshot = await TreeSnapshot.TakeAsync(repository, worktree.Path, Path.Combine(worktree.GitDir, "index"), start, marker?.SetupPaths ?? [], withNested: true, cancellation);
        if (!await IsTreeSavedAsync(snapshot, start, saved, cancellation))
        {
            throw new UnsavedWorkException($"the worktree '{worktree.Name}' has changes that are saved nowhere; salvage it first");
        }
    }

    private async Task<bool> IsTreeSavedAsync(TreeSnapshot snapshot, string head, List<string> saved, CancellationToken cancellation)
    {
        if (snapshot.Tree == await repository.TreeOfAsync(head, cancellation))
        {
            return true;
        }

        foreach (var commit in saved)
        {
            if (snapshot.Tree == await repository.TreeOfAsync(commit, cancellation))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<List<string>> SavedCommitsAsync(Worktree worktree, bool deleteBranch, string? submitted, CancellationToken cancellation)
    {
        List<string> saved = submitted is null ? [] : [submitted];
        saved.AddRange((await repository.RefsAsync([Salvager.Prefix], cancellation)).Select(salvage => salvage.Oid));
        if (!deleteBranch && await repository.ReadRefAsync(worktree.BranchRef, cancellation) is { } own)
        {
            saved.Add(own);
        }

        return saved;
    }

    private async Task<bool> IsReachableAsync(string commit, string ownRef, List<string> saved, CancellationToken cancellation)
    {
        if (saved.Contains(commit) || (await repository.RefsWithAsync(commit, [], cancellation)).Any(name => name != ownRef))
        {
            return true;
        }

        foreach (var other in saved)
        {
            if (await repository.IsAncestorAsync(commit, other, cancellation))
            {
                return true;
            }
        }

        return false;
    }

    // The folder goes first and in one step: a crash leaves either the worktree, or a record without a folder, which can be removed again.
    private string? TakeAway(Worktree worktree)
    {
        var left = Directory.Exists(worktree.Path) && !root.TryPool(worktree.Path, worktree.Name, pooled)
            ? root.MoveToTrash(worktree.Path, worktree.Name)
            : null;
        LinkSafeDelete.Directory(worktree.GitDir);
        return left;
    }
}
