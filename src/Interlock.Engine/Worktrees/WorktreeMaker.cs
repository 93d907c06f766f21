using System.Globalization;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>A worktree that git has a record of and that nobody may use yet: its folder is empty, or pooled content as it was left.</summary>
internal sealed record StartedWorktree(Worktree Worktree, bool Reused);

/// <summary>Makes one worktree whole or not at all. <see cref="StartAsync"/> wants the repository's worktree lock, <see cref="FillAsync"/> does without.</summary>
internal sealed class WorktreeMaker(Repository repository, PoolRoot root, WorktreeOptions options)
{
    private const string SlotFile = "interlock-slot";

    internal static IReadOnlyDictionary<string, string> IndexOf(string gitDir) =>
        new Dictionary<string, string> { ["GIT_INDEX_FILE"] = Path.Combine(gitDir, "index") };

    /// <summary>Null for a worktree that was made before there were slots.</summary>
    internal static int? SlotOf(string gitDir)
    {
        var file = Path.Combine(gitDir, SlotFile);
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var slot) ? slot : null;
    }

    /// <summary>The part that touches what all worktrees share: the branch, git's record, the slot, the pooled folder.</summary>
    internal async Task<StartedWorktree> StartAsync(string name, string branch, string commit, PoolEntry? pooled, CancellationToken cancellation)
    {
        var reference = "refs/heads/" + branch;
        if (branch.StartsWith('-'))
        {
            throw new ArgumentException($"'{branch}' cannot name a branch", nameof(branch));
        }

        await repository.Git.RunAsync(["check-ref-format", reference], cancellation);
        var zeros = new string('0', commit.Length);
        if (!await repository.CompareAndSwapAsync(reference, commit, zeros, $"interlock: start {name}", cancellation))
        {
            throw new IOException($"the branch '{branch}' exists already");
        }

        var path = Path.Combine(root.Path, name);
        try
        {
            // The branch exists, so git sets up no tracking and never takes the config lock that parallel adds fail on.
            await repository.Git.RunAsync(["worktree", "add", "--quiet", "--no-checkout", "--", path, branch], cancellation);
            const string Prefix = "gitdir: ";
            var gitDir = Path.GetFullPath((await File.ReadAllTextAsync(Path.Combine(path, ".git"), cancellation)).Trim()[Prefix.Length..], path);
            var slot = TakeSlot(gitDir);
            return new StartedWorktree(new Worktree(path, name, branch, commit, gitDir) { Slot = slot }, pooled is not null && TryMoveIn(pooled, path, gitDir));
        }
        catch
        {
            // The token may be the reason for being here; what was half made must go all the same.
            await UndoAsync(name, reference, commit);
            throw;
        }
    }

    /// <summary>Checks the commit out, verifies the result and only then publishes the worktree.</summary>
    internal async Task<Worktree> FillAsync(StartedWorktree started, CancellationToken cancellation)
    {
        var worktree = started.Worktree;
        if (!started.Reused || !await TryReuseAsync(worktree, cancellation))
        {
            var git = (await repository.ViewAsync(cancellation)).On(worktree.Path);
            await git.RunAsync(["read-tree", "-m", "-u", worktree.BaseCommit], cancellation, env: IndexOf(worktree.GitDir));
            await VerifyAsync(worktree, cancellation);
        }

        var marker = new WorktreeMarker(worktree.Name, worktree.Branch, worktree.BaseCommit, worktree.Path, Ready: false, []);
        marker.Write(worktree.GitDir);
        return worktree;
    }

    /// <summary>The caller holds the worktree lock.</summary>
    internal Task UndoAsync(Worktree worktree) => UndoAsync(worktree.Name, worktree.BranchRef, worktree.BaseCommit);

    /// <summary>Gives the record the lowest number that no other has. The caller holds the worktree lock.</summary>
    internal int TakeSlot(string gitDir)
    {
        var taken = Directory.GetDirectories(Path.Combine(repository.CommonDir, "worktrees")).Select(SlotOf).OfType<int>().ToHashSet();
        var slot = Enumerable.Range(0, taken.Count + 1).First(number => !taken.Contains(number));
        File.WriteAllText(Path.Combine(gitDir, SlotFile), slot.ToString(CultureInfo.InvariantCulture));
        return slot;
    }

    private static bool TryMoveIn(PoolEntry pooled, string path, string gitDir)
    {
        File.Delete(Path.Combine(path, ".git"));
        Directory.Delete(path);
        try
        {
            Effects.Pass("folder: move from the pool");
            Directory.Move(pooled.Path, path);
            Effects.Pass("folder: moved from the pool");
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            MakeEmpty(path, gitDir);
            return false;
        }
    }

    private static void MakeEmpty(string path, string gitDir)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, ".git"), TreeReuse.PointerTo(gitDir));
    }

    private async Task<bool> TryReuseAsync(Worktree worktree, CancellationToken cancellation)
    {
        var reuse = new TreeReuse(repository, worktree.Path, worktree.GitDir, PoolRoot.IsVerification(worktree.Name) ? Domain.Leasing.FileSet.Empty : options.Keep);
        try
        {
            await reuse.RefreshAsync(worktree.BaseCommit, cancellation);
            await VerifyAsync(worktree, cancellation);
            return (await reuse.FindStrayAsync(cancellation)) is [var stray, ..] ? throw new IOException($"'{GitName.Readable(stray)}' stayed behind") : true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever the reason: a fresh checkout needs nothing of the old folder.
            root.MoveToTrash(worktree.Path, worktree.Name);
            MakeEmpty(worktree.Path, worktree.GitDir);
            File.Delete(Path.Combine(worktree.GitDir, "index"));
            File.Delete(Path.Combine(worktree.GitDir, "index.lock"));
            return false;
        }
    }

    private async Task VerifyAsync(Worktree worktree, CancellationToken cancellation)
    {
        var git = (await repository.ViewAsync(cancellation)).On(worktree.Path);
        var index = IndexOf(worktree.GitDir);
        var head = await worktree.Git.RunAsync(["rev-parse", "HEAD"], cancellation);
        var dirty = await git.TryRunAsync(["diff-files", "--quiet"], cancellation, env: index);
        var tree = await git.RunAsync(["write-tree"], cancellation, env: index);
        var expected = await repository.TreeOfAsync(worktree.BaseCommit, cancellation);
        if (head != worktree.BaseCommit || dirty.ExitCode != 0 || tree != expected)
        {
            throw new IOException($"the checkout in '{worktree.Path}' came out incomplete");
        }
    }

    private async Task UndoAsync(string name, string reference, string commit)
    {
        await new HalfMadeWorktrees(repository, root).ClearAsync(name, CancellationToken.None);
        await repository.TryDeleteAsync(reference, commit, CancellationToken.None);
    }
}
