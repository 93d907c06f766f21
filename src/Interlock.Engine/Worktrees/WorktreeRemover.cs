namespace Interlock.Engine.Worktrees;

public sealed class UnsavedWorkException(string message) : Exception(message);

/// <summary>Removes worktrees without losing work and without following links. The caller holds the worktree lock.</summary>
internal sealed class WorktreeRemover(Repository repository, string root)
{
    internal const string TrashName = ".trash";

    /// <exception cref="InvalidOperationException">The path is not below the root with our marker.</exception>
    internal void RequireOurs(Worktree worktree)
    {
        var records = Path.Combine(repository.CommonDir, "worktrees");
        var marked = Path.GetDirectoryName(worktree.GitDir) == records
            && WorktreeMarker.Read(worktree.GitDir) is { } marker && marker.Path == worktree.Path;
        if (!marked || worktree.Path != Path.Combine(root, worktree.Name) || RealPath.Of(worktree.Path) != worktree.Path)
        {
            throw new InvalidOperationException($"'{worktree.Path}' is not a worktree of this pool");
        }
    }

    internal async Task RemoveAsync(Worktree worktree, bool deleteBranch, string? landed, CancellationToken cancellation)
    {
        RequireOurs(worktree);
        await RequireSavedAsync(worktree, deleteBranch, landed, cancellation);
        var tip = await repository.ReadRefAsync(worktree.BranchRef, cancellation);
        Delete(worktree);
        if (deleteBranch && tip is not null)
        {
            await repository.Git.RunAsync(["update-ref", "-d", worktree.BranchRef, tip], cancellation);
        }
    }

    /// <summary>For a worktree that nobody was given yet.</summary>
    internal async Task DiscardAsync(Worktree worktree, CancellationToken cancellation)
    {
        RequireOurs(worktree);
        Delete(worktree);
        await repository.Git.TryRunAsync(["update-ref", "-d", worktree.BranchRef, worktree.BaseCommit], cancellation);
    }

    /// <summary>Names of the directories directly below the root that git has a record of, marked or not.</summary>
    internal IEnumerable<string> RecordedBelowRoot()
    {
        var records = Path.Combine(repository.CommonDir, "worktrees");
        foreach (var pointer in Directory.Exists(records) ? Directory.GetDirectories(records).Select(record => Path.Combine(record, "gitdir")) : [])
        {
            var place = File.Exists(pointer) ? Path.GetDirectoryName(File.ReadAllText(pointer).Trim()) : null;
            if (place is not null && Path.GetDirectoryName(place) == root)
            {
                yield return Path.GetFileName(place);
            }
        }
    }

    /// <summary>
    /// Takes away what a crash left of a worktree before it was published: a record without marker, a directory
    /// without record. The directory goes to the trash, because what is not marked is not known to be ours.
    /// </summary>
    internal async Task ClearHalfMadeAsync(string name, CancellationToken cancellation)
    {
        var path = Path.Combine(root, name);
        var records = Path.Combine(repository.CommonDir, "worktrees");
        foreach (var gitDir in Directory.Exists(records) ? Directory.GetDirectories(records) : [])
        {
            var pointer = Path.Combine(gitDir, "gitdir");
            if (File.Exists(pointer) && (await File.ReadAllTextAsync(pointer, cancellation)).Trim() == Path.Combine(path, ".git"))
            {
                LinkSafeDelete.Directory(gitDir);
            }
        }

        if (Directory.Exists(path))
        {
            Directory.Move(path, TrashFor(name));
        }
    }

    private async Task RequireSavedAsync(Worktree worktree, bool deleteBranch, string? landed, CancellationToken cancellation)
    {
        var saved = await SavedCommitsAsync(worktree, deleteBranch, landed, cancellation);
        var head = await new HeadReader(repository).ReadAsync(worktree, cancellation);
        foreach (var commit in new[] { head, deleteBranch ? await repository.ReadRefAsync(worktree.BranchRef, cancellation) : null })
        {
            if (commit is not null && !await IsReachableAsync(commit, worktree.BranchRef, saved, cancellation))
            {
                throw new UnsavedWorkException($"the commits of '{worktree.Name}' up to {commit} are on no other branch; salvage them first");
            }
        }

        if (!Directory.Exists(worktree.Path))
        {
            return;
        }

        var setupPaths = WorktreeMarker.Read(worktree.GitDir)?.SetupPaths ?? [];
        var start = head ?? worktree.BaseCommit;
        var snapshot = await TreeSnapshot.TakeAsync(repository, worktree.Path, Path.Combine(worktree.GitDir, "index"), start, setupPaths, withNested: true, cancellation);
        if (!await IsTreeSavedAsync(snapshot, start, saved, cancellation))
        {
            throw new UnsavedWorkException($"the worktree '{worktree.Name}' has changes that are saved nowhere; salvage it first");
        }
    }

    private async Task<bool> IsTreeSavedAsync(TreeSnapshot snapshot, string head, List<string> saved, CancellationToken cancellation)
    {
        if (snapshot.Tree == await TreeOfAsync(head, cancellation))
        {
            return true;
        }

        foreach (var commit in saved)
        {
            if (snapshot.Tree == await TreeOfAsync(commit, cancellation))
            {
                return true;
            }
        }

        return false;
    }

    private Task<string> TreeOfAsync(string commit, CancellationToken cancellation) =>
        repository.Git.RunAsync(["rev-parse", "--verify", "--end-of-options", commit + "^{tree}"], cancellation);

    private async Task<List<string>> SavedCommitsAsync(Worktree worktree, bool deleteBranch, string? landed, CancellationToken cancellation)
    {
        List<string> saved = landed is null ? [] : [landed];
        var salvages = await repository.Git.RunAsync(["for-each-ref", "--format=%(objectname)", Salvager.Prefix], cancellation);
        saved.AddRange(salvages.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        if (!deleteBranch && await repository.ReadRefAsync(worktree.BranchRef, cancellation) is { } own)
        {
            saved.Add(own);
        }

        return saved;
    }

    private async Task<bool> IsReachableAsync(string commit, string ownRef, List<string> saved, CancellationToken cancellation)
    {
        var containing = await repository.Git.RunAsync(["for-each-ref", "--contains", commit, "--format=%(refname)"], cancellation);
        if (saved.Contains(commit) || containing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(name => name != ownRef))
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

    private void Delete(Worktree worktree)
    {
        // Renamed first, so that a crash leaves either the worktree or trash, never half of it.
        if (Directory.Exists(worktree.Path))
        {
            var trash = TrashFor(worktree.Name);
            Directory.Move(worktree.Path, trash);
            LinkSafeDelete.Directory(worktree.GitDir);
            LinkSafeDelete.Directory(trash);
        }
        else
        {
            LinkSafeDelete.Directory(worktree.GitDir);
        }
    }

    private string TrashFor(string name)
    {
        var trash = Path.Combine(root, TrashName);
        Directory.CreateDirectory(trash);
        return Path.Combine(trash, $"{name}-{Guid.NewGuid():N}");
    }
}
