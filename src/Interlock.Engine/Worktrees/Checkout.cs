namespace Interlock.Engine.Worktrees;

/// <summary>A place where a person has files of the repository before them: the main checkout or a linked worktree.</summary>
/// <param name="Path">Its top folder, absolute.</param>
/// <param name="GitDir">The common directory for the main checkout, else the worktree's record in it.</param>
internal sealed record Checkout(string Path, string GitDir)
{
    private const string Heads = "refs/heads/";

    private static readonly (string Name, string Means)[] Operations =
    [
        ("MERGE_HEAD", "a merge"), ("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"),
        ("CHERRY_PICK_HEAD", "a cherry-pick"), ("REVERT_HEAD", "a revert"), ("BISECT_LOG", "a bisect"),
    ];

    internal string IndexPath => System.IO.Path.Combine(GitDir, "index");

    /// <summary>What a person has begun there and not ended, such as "a rebase"; null when nothing.</summary>
    internal string? Unfinished => Operations.FirstOrDefault(operation => System.IO.Path.Exists(System.IO.Path.Combine(GitDir, operation.Name))).Means;

    /// <summary>Runs on this checkout's HEAD; content goes through <see cref="NeutralView"/>.</summary>
    internal Git Git => new(GitDir, null);

    /// <summary>Every checkout of the repository whose folder is there, or may come back with its disk.</summary>
    internal static IReadOnlyList<Checkout> All(Repository repository)
    {
        List<Checkout> all = repository.MainCheckout is { } main ? [new Checkout(main, repository.CommonDir)] : [];
        var records = System.IO.Path.Combine(repository.CommonDir, "worktrees");
        foreach (var gitDir in Directory.Exists(records) ? Directory.GetDirectories(records) : [])
        {
            var pointer = System.IO.Path.Combine(gitDir, "gitdir");
            if (File.Exists(pointer)
                && System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(File.ReadAllText(pointer).Trim(), gitDir)) is { } path
                && (Directory.Exists(path) || File.Exists(System.IO.Path.Combine(gitDir, "locked"))))
            {
                all.Add(new Checkout(path, gitDir));
            }
        }

        return all;
    }

    /// <summary>The checkout that a folder lies in; null when it lies in none of this repository.</summary>
    internal static Checkout? Around(Repository repository, string folder)
    {
        var at = RealPath.Of(System.IO.Path.GetFullPath(folder));
        return All(repository)
            .Where(checkout => WorktreePool.IsBelow(at, RealPath.Of(checkout.Path)))
            .MaxBy(checkout => checkout.Path.Length);
    }

    /// <summary>True when its HEAD is the branch, or a rebase or bisect there will come back to it.</summary>
    internal async Task<bool> UsesAsync(string fullRef, CancellationToken cancellation) =>
        await HeadRefAsync(cancellation) == fullRef
        || Says("rebase-merge/head-name", fullRef) || Says("rebase-apply/head-name", fullRef)
        || Says("BISECT_START", fullRef) || Says("BISECT_START", fullRef[Heads.Length..]);

    /// <summary>The full name of the branch that HEAD is; null when HEAD is a commit.</summary>
    internal async Task<string?> HeadRefAsync(CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["symbolic-ref", "--quiet", "HEAD"], cancellation);
        return result.ExitCode == 0 ? result.Text.Trim() : null;
    }

    /// <summary>The commit its files started from; null before the first one.</summary>
    internal Task<string?> HeadAsync(CancellationToken cancellation) => ResolveAsync("HEAD", cancellation);

    /// <summary>The commit a revision names here, where HEAD is its own; null when it names none.</summary>
    internal async Task<string?> ResolveAsync(string rev, CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}"], cancellation);
        return result.ExitCode == 0 ? result.Text.Trim() : null;
    }

    private bool Says(string file, string text)
    {
        var path = System.IO.Path.Combine(GitDir, file);
        return File.Exists(path) && File.ReadAllText(path).Trim() == text;
    }
}
