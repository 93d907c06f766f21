using System.Globalization;

namespace Interlock.Engine.Worktrees;

/// <summary>Reads a worktree's HEAD as a commit, tolerating one that an agent broke.</summary>
internal sealed class HeadReader(Repository repository)
{
    internal async Task<string?> ReadAsync(Worktree worktree, CancellationToken cancellation)
    {
        var result = await worktree.Git.TryRunAsync(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], cancellation);
        return result.ExitCode == 0 ? result.Text.Trim() : await repository.ReadRefAsync(worktree.BranchRef, cancellation);
    }
}

/// <summary>Saves work under refs that nothing else uses, so that no branch, stash or index is disturbed.</summary>
internal sealed class Salvager(Repository repository)
{
    internal const string Prefix = "refs/interlock/salvage/";

    /// <summary>Keeps what an attempt left in its worktree; null when that is nothing.</summary>
    internal Task<string?> SaveAsync(Worktree worktree, string task, long fence, CancellationToken cancellation) =>
        SaveAsync(worktree, RefOf(task, fence), MessageOf(task, fence), cancellation);

    internal async Task<string?> SaveAsync(Worktree worktree, string reference, string message, CancellationToken cancellation)
    {
        var head = await new HeadReader(repository).ReadAsync(worktree, cancellation) ?? worktree.BaseCommit;
        var marker = WorktreeMarker.Read(worktree.GitDir);
        if (marker is { Ready: false })
        {
            return head == worktree.BaseCommit ? null : await AddAsync(reference, head, message, cancellation);
        }

        var objects = (await repository.ViewAsync(cancellation)).On(null);
        var headTree = await repository.TreeOfAsync(head, cancellation);
        var tree = headTree;
        if (Directory.Exists(worktree.Path))
        {
            tree = (await TreeSnapshot.TakeAsync(repository, worktree.Path, Path.Combine(worktree.GitDir, "index"), head, marker?.SetupPaths ?? [], withNested: true, cancellation)).Tree;
        }

        var parents = await ParentsAsync(worktree, head, headTree, tree, cancellation);
        if (tree == headTree && parents.Count == 1)
        {
            return head == worktree.BaseCommit ? null : await AddAsync(reference, head, message, cancellation);
        }

        if (await repository.ReadRefAsync(reference, cancellation) is { } earlier)
        {
            if (await SameAsync(objects, earlier, tree, parents, cancellation))
            {
                return earlier;
            }

            parents.Add(earlier);
        }

        var commit = await CommitWriter.WriteAsync(
            objects, tree, parents, message, CommitWriter.CommitterName, CommitWriter.CommitterEmail, cancellation);
        return await KeepAsync(reference, commit, message, cancellation);
    }

    /// <summary>Keeps a commit of an attempt, together with what is kept of it already. Answers the commit that has both.</summary>
    internal Task<string> AddAsync(string task, long fence, string commit, CancellationToken cancellation) =>
        AddAsync(RefOf(task, fence), commit, MessageOf(task, fence), cancellation);

    private async Task<string> AddAsync(string reference, string commit, string message, CancellationToken cancellation)
    {
        if (await repository.ReadRefAsync(reference, cancellation) is not { } earlier || await repository.IsAncestorAsync(earlier, commit, cancellation))
        {
            return await KeepAsync(reference, commit, message, cancellation);
        }

        if (await repository.IsAncestorAsync(commit, earlier, cancellation))
        {
            return earlier;
        }

        var objects = (await repository.ViewAsync(cancellation)).On(null);
        var tree = await repository.TreeOfAsync(commit, cancellation);
        var both = await CommitWriter.WriteAsync(objects, tree, [commit, earlier], message, CommitWriter.CommitterName, CommitWriter.CommitterEmail, cancellation);
        return await KeepAsync(reference, both, message, cancellation);
    }

    /// <summary>Frees a branch name that a crash left behind; commits on it are kept under a salvage ref.</summary>
    internal async Task SaveOrphanAsync(string branch, string baseCommit, CancellationToken cancellation)
    {
        var reference = "refs/heads/" + branch;
        if (await repository.ReadRefAsync(reference, cancellation) is not { } tip)
        {
            return;
        }

        if (await repository.CheckedOutAsync(reference, cancellation) is [var elsewhere, ..])
        {
            throw new IOException($"the branch '{branch}' is checked out in '{elsewhere}'");
        }

        if (tip != baseCommit && !await repository.IsAncestorAsync(tip, baseCommit, cancellation))
        {
            await KeepAsync($"{Prefix}branch/{branch}/{tip}", tip, $"salvage of the branch {branch}", cancellation);
        }

        await repository.Git.RunAsync(["update-ref", "-d", reference, tip], cancellation);
    }

    // HEAD first; then the branch when the agent left it behind, and what is staged when it is neither in HEAD nor in the files.
    private async Task<List<string>> ParentsAsync(Worktree worktree, string head, string headTree, string tree, CancellationToken cancellation)
    {
        List<string> parents = [head];
        if (await repository.ReadRefAsync(worktree.BranchRef, cancellation) is { } tip && tip != head
            && !await repository.IsAncestorAsync(tip, head, cancellation))
        {
            parents.Add(tip);
        }

        var objects = (await repository.ViewAsync(cancellation)).On(null);
        using var index = new TemporaryIndex(repository);
        index.CopyFrom(Path.Combine(worktree.GitDir, "index"));
        var staged = await objects.TryRunAsync(["write-tree"], cancellation, env: index.Environment);
        var stagedTree = staged.Text.Trim();
        if (staged.ExitCode == 0 && stagedTree != headTree && stagedTree != tree && File.Exists(Path.Combine(worktree.GitDir, "index")))
        {
            parents.Add(await CommitWriter.WriteSyntheticAsync(objects, stagedTree, head, cancellation));
        }

        return parents;
    }

    private static async Task<bool> SameAsync(Git objects, string commit, string tree, List<string> parents, CancellationToken cancellation)
    {
        var text = await objects.RunAsync(["log", "-1", "--format=%T %P", "--end-of-options", commit], cancellation);
        return text == $"{tree} {string.Join(' ', parents)}";
    }

    private static string RefOf(string task, long fence) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{task}/{fence}");

    private static string MessageOf(string task, long fence) => string.Create(CultureInfo.InvariantCulture, $"salvage of {task}, fence {fence}");

    private async Task<string> KeepAsync(string reference, string commit, string message, CancellationToken cancellation)
    {
        var old = await repository.ReadRefAsync(reference, cancellation) ?? new string('0', commit.Length);
        return old == commit || await repository.CompareAndSwapAsync(reference, commit, old, message, cancellation)
            ? commit
            : throw new IOException($"'{reference}' moved while it was written");
    }
}
