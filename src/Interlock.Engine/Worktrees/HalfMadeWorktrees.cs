namespace Interlock.Engine.Worktrees;

/// <summary>What a killed Interlock or a killed git left of worktrees that nobody was given. The caller holds the worktree lock.</summary>
internal sealed class HalfMadeWorktrees(Repository repository, PoolRoot root)
{
    /// <summary>Names of those that git has begun to make and not finished; one that is being made right now looks the same.</summary>
    internal IEnumerable<string> Unfinished() => Records()
        .Where(record => Path.Combine(record.GitDir, "locked") is var locked && File.Exists(locked) && File.ReadAllText(locked).Trim() == "initializing")
        .Select(record => record.Name);

    internal Task ClearUnfinishedAsync(CancellationToken cancellation) => ClearAsync([.. Unfinished()], cancellation);

    /// <summary>Takes away what git has a record of below our root and what is not among the finished.</summary>
    internal Task ClearAsync(IEnumerable<Worktree> finished, CancellationToken cancellation)
    {
        var names = finished.Select(worktree => worktree.Name).ToHashSet(StringComparer.Ordinal);
        return ClearAsync([.. Records().Select(record => record.Name).Where(name => !names.Contains(name))], cancellation);
    }

    /// <summary>
    /// Takes away what a crash left of a worktree before it was published: a record without marker, a directory
    /// without record. The directory goes to the trash, because what is not marked is not known to be ours.
    /// </summary>
    internal async Task ClearAsync(string name, CancellationToken cancellation)
    {
        var path = Path.Combine(root.Path, name);
        foreach (var gitDir in GitDirs())
        {
            var pointer = Path.Combine(gitDir, "gitdir");
            if (File.Exists(pointer) && (await File.ReadAllTextAsync(pointer, cancellation)).Trim() == Path.Combine(path, ".git"))
            {
                LinkSafeDelete.Directory(gitDir);
            }
        }

        if (Directory.Exists(path))
        {
            root.MoveToTrash(path, name);
        }
    }

    /// <summary>
    /// Deletes branches of verifications that have no worktree: it goes before its branch does, and what a check commits moves the branch.
    /// Under the lock a worktree that is being made has its branch checked out, or none yet. Answers why, for each that git kept.
    /// </summary>
    internal async Task<IReadOnlyList<string>> ClearVerificationBranchesAsync(CancellationToken cancellation)
    {
        var refused = new List<string>();
        var checkedOut = await repository.CheckedOutAsync(cancellation);
        foreach (var (name, oid) in await repository.RefsAsync([$"refs/heads/{WorktreePool.VerificationBranches}"], cancellation))
        {
            if (!checkedOut.Contains(name) && await repository.TryDeleteAsync(name, oid, cancellation) is { } why)
            {
                refused.Add(why);
            }
        }

        return refused;
    }

    private async Task ClearAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        foreach (var name in names)
        {
            // One that is being made right now looks the same; its maker holds its gate.
            using var free = WorktreeGate.TryTake(repository, name);
            if (free is not null)
            {
                await ClearAsync(name, cancellation);
            }
        }
    }

    private IEnumerable<(string GitDir, string Name)> Records()
    {
        foreach (var gitDir in GitDirs())
        {
            var pointer = Path.Combine(gitDir, "gitdir");
            var place = File.Exists(pointer) ? Path.GetDirectoryName(File.ReadAllText(pointer).Trim()) : null;
            if (place is not null && Path.GetDirectoryName(place) == root.Path)
            {
                yield return (gitDir, Path.GetFileName(place));
            }
        }
    }

    private string[] GitDirs()
    {
        var records = Path.Combine(repository.CommonDir, "worktrees");
        return Directory.Exists(records) ? Directory.GetDirectories(records) : [];
    }
}
