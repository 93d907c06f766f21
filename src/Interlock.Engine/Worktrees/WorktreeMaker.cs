using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>Makes one worktree whole or not at all. The caller holds the repository's worktree lock.</summary>
internal sealed class WorktreeMaker(Repository repository, string root)
{
    internal static IReadOnlyDictionary<string, string> IndexOf(string gitDir) =>
        new Dictionary<string, string> { ["GIT_INDEX_FILE"] = Path.Combine(gitDir, "index") };

    internal async Task<Worktree> MakeAsync(string name, string branch, string commit, CancellationToken cancellation)
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

        var path = Path.Combine(root, name);
        try
        {
            Directory.CreateDirectory(root);
            var gitDir = await CheckOutAsync(path, branch, commit, cancellation);
            var marker = new WorktreeMarker(name, branch, commit, path, Ready: false, []);
            marker.Write(gitDir);
            return marker.ToWorktree(gitDir);
        }
        catch
        {
            // The token may be the reason for being here; what was half made must go all the same.
            await UndoAsync(name, reference, commit);
            throw;
        }
    }

    private async Task<string> CheckOutAsync(string path, string branch, string commit, CancellationToken cancellation)
    {
        // The branch exists, so git sets up no tracking and never takes the config lock that parallel adds fail on.
        await repository.Git.RunAsync(["worktree", "add", "--quiet", "--no-checkout", "--", path, branch], cancellation);
        const string Prefix = "gitdir: ";
        var gitDir = Path.GetFullPath((await File.ReadAllTextAsync(Path.Combine(path, ".git"), cancellation)).Trim()[Prefix.Length..], path);
        var git = (await repository.ViewAsync(cancellation)).On(path);
        var index = IndexOf(gitDir);
        await git.RunAsync(["read-tree", "-m", "-u", commit], cancellation, env: index);

        var head = await new Git(gitDir, null).RunAsync(["rev-parse", "HEAD"], cancellation);
        var dirty = await git.TryRunAsync(["diff-files", "--quiet"], cancellation, env: index);
        var tree = await git.RunAsync(["write-tree"], cancellation, env: index);
        var expected = await git.RunAsync(["rev-parse", commit + "^{tree}"], cancellation);
        return head == commit && dirty.ExitCode == 0 && tree == expected
            ? gitDir
            : throw new IOException($"the checkout in '{path}' came out incomplete");
    }

    private async Task UndoAsync(string name, string reference, string commit)
    {
        await new WorktreeRemover(repository, root).ClearHalfMadeAsync(name, CancellationToken.None);
        await repository.Git.TryRunAsync(["update-ref", "-d", reference, commit], CancellationToken.None);
    }
}
