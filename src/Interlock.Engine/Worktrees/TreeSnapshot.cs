namespace Interlock.Engine.Worktrees;

/// <summary>
/// The content of a worktree as a tree. Starts from a fresh index, never from the checkout's own, because
/// "assume unchanged" flags set there would hide work.
/// </summary>
/// <param name="Nested">Folders that are git repositories of their own.</param>
internal sealed record TreeSnapshot(string Tree, IReadOnlyList<string> Nested)
{
    /// <param name="startTree">Tracked files that are ignored by now are recognised by being in it.</param>
    /// <param name="excluded">Paths that setup put there; they keep what <paramref name="startTree"/> says.</param>
    /// <param name="withNested">Take the files of nested repositories too, instead of a pointer to a commit that may vanish.</param>
    /// <param name="ownIndex">The checkout's own index: what is in it is work, although it may be ignored.</param>
    internal static async Task<TreeSnapshot> TakeAsync(
        Repository repository, string workTree, string ownIndex, string startTree, IReadOnlyList<string> excluded, bool withNested, CancellationToken cancellation)
    {
        var git = (await repository.ViewAsync(cancellation)).On(workTree);
        using var index = new TemporaryIndex(repository);
        var env = index.Environment;
        await git.RunAsync(["read-tree", startTree], cancellation, env: env);
        var untracked = await git.RunToEndAsync(["ls-files", "--others", "--exclude-standard", "-z"], cancellation, env: env);
        var added = await AddedAsync(repository, git, ownIndex, cancellation);
        List<string> ours = [.. untracked.Records.Concat(added.Where(path => !IsFolder(workTree, path))).Where(path => !excluded.Any(e => path.TrimEnd('/') == e || path.StartsWith(e + "/", StringComparison.Ordinal)))];
        List<string> nested = [.. ours.Where(path => path.EndsWith('/')).Select(path => path.TrimEnd('/'))];
        var files = ours.Where(path => !path.EndsWith('/')).Concat(withNested ? await FilesBelowAsync(repository, git, nested, cancellation) : []);

        // Listed files, not pathspecs: a file may be called anything. One that vanishes meanwhile is no error.
        await git.RunAsync(["add", "--update"], cancellation, env: env);
        await git.RunAsync(["update-index", "--add", "--remove", "-z", "--stdin"], cancellation, GitName.List(files), env);
        return new TreeSnapshot(await git.RunAsync(["write-tree"], cancellation, env: env), nested);
    }

    // An index that an agent broke says nothing; the files are taken all the same.
    private static async Task<IEnumerable<string>> AddedAsync(Repository repository, Git git, string ownIndex, CancellationToken cancellation)
    {
        using var copy = new TemporaryIndex(repository);
        copy.CopyFrom(ownIndex);
        var listed = await git.TryRunAsync(["ls-files", "--stage", "-z"], cancellation, env: copy.Environment);
        return listed.ExitCode != 0 ? [] : listed.Records.Where(line => line.StartsWith("10", StringComparison.Ordinal) || line.StartsWith("12", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]).Distinct(StringComparer.Ordinal);
    }

    // What was a file when it was added may be a folder by now.
    private static bool IsFolder(string workTree, string path) => new DirectoryInfo(Path.Combine(workTree, path)) is { Exists: true, LinkTarget: null };

    // git looks into a folder that its index has a file of, a repository or not. Only git can say every name that a file may have.
    private static async Task<IReadOnlyList<string>> FilesBelowAsync(Repository repository, Git git, IReadOnlyList<string> nested, CancellationToken cancellation)
    {
        var files = new List<string>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        using var index = new TemporaryIndex(repository);
        var empty = nested.Count == 0 ? "" : await git.RunAsync(["hash-object", "-w", "--stdin"], cancellation);
        for (var found = nested; found.Count > 0;)
        {
            open.UnionWith(found.Select(folder => folder + "/"));
            var marks = string.Concat(found.Select(folder => $"100644 {empty}\t{folder}/interlock-{Guid.NewGuid():N}\0"));
            await git.RunAsync(["update-index", "-z", "--index-info"], cancellation, GitName.Encode(marks), index.Environment);
            var listed = (await git.RunToEndAsync(["ls-files", "--others", "-z"], cancellation, env: index.Environment)).Records.Where(IsBelowNested).ToList();
            files = [.. listed.Where(path => !path.EndsWith('/'))];
            found = [.. listed.Where(path => path.EndsWith('/') && !open.Contains(path)).Select(path => path[..^1])];
        }

        return files;

        bool IsBelowNested(string path) => nested.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));
    }
}
