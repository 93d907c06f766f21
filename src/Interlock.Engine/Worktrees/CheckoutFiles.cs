using System.Text;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Looks at the files of a checkout and moves them from one tree to another, so that nothing a person made is ever
/// overwritten. Nothing that the repository configured runs meanwhile.
/// </summary>
internal sealed class CheckoutFiles(Repository repository, Checkout checkout)
{
    /// <summary>Tracked files that differ from a commit, staged or not.</summary>
    internal async Task<IReadOnlyList<string>> DirtyAsync(string commit, CancellationToken cancellation)
    {
        using var index = await RefreshedIndexAsync(cancellation);
        var git = await GitAsync(cancellation);
        var dirty = new List<string>();
        foreach (string[] staged in (string[][])[[], ["--cached"]])
        {
            string[] arguments = ["diff-index", "-z", "--name-only", "--no-renames", "--ignore-submodules=all", .. staged, commit];
            dirty.AddRange((await git.RunToEndAsync(arguments, cancellation, env: index.Environment)).Records);
        }

        return [.. dirty.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Files that are in the way of new ones and belong to nobody's commit. Ignored ones count too: git would write
    /// over them, and they are kept nowhere else.
    /// </summary>
    internal IReadOnlyList<string> InTheWay(IReadOnlyList<TreeChange> changes)
    {
        var removed = changes.Where(change => change.New.IsAbsent).Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        var found = new List<string>();
        foreach (var added in changes.Where(change => change.Old.IsAbsent).Select(change => change.Path))
        {
            found.AddRange(Above(added).Where(parent => KindOf(parent) == Kind.File).Take(1));
            switch (KindOf(added))
            {
                case Kind.File:
                    found.Add(added);
                    break;
                case Kind.Folder:
                    found.AddRange(Below(added).Where(path => !removed.Contains(path)).Take(3));
                    break;
            }
        }

        return [.. found.Where(path => !removed.Contains(path)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Why git's own rules for these files cannot be followed here; null when they can.</summary>
    internal async Task<string?> CannotAsync(string from, string to, IReadOnlyList<TreeChange> changes, CancellationToken cancellation)
    {
        if (changes.FirstOrDefault(change => change.Old.IsRepository || change.New.IsRepository) is { } submodule)
        {
            return $"{submodule.Path} is a submodule";
        }

        using (var index = await RefreshedIndexAsync(cancellation))
        {
            var listed = await (await GitAsync(cancellation)).RunToEndAsync(["ls-files", "-t", "-z"], cancellation, env: index.Environment);
            if (listed.Records.Any(line => line.StartsWith("S ", StringComparison.Ordinal)))
            {
                return "it is a sparse checkout";
            }
        }

        return await FilteredAsync(from, changes, cancellation) ?? await FilteredAsync(to, changes, cancellation);
    }

    /// <summary>
    /// Moves files and index from one tree to another. Local changes to other paths stay; anything else makes git
    /// refuse before it has touched a file.
    /// </summary>
    /// <exception cref="GitException">Refused.</exception>
    internal async Task MoveAsync(string from, string to, IReadOnlyDictionary<string, string> index, CancellationToken cancellation)
    {
        var git = await GitAsync(cancellation);
        _ = await git.TryRunAsync(["update-index", "-q", "--refresh"], cancellation, env: index);
        await git.RunAsync(["read-tree", "-m", "-u", from, to], cancellation, env: index);
    }

    /// <summary>
    /// True when each changed path holds what a move from one commit to the other can have left there: the one, the
    /// other, nothing, or the beginning of the new content.
    /// </summary>
    internal async Task<bool> HoldOnlyAsync(IReadOnlyList<TreeChange> changes, string from, string to, CancellationToken cancellation)
    {
        var notFrom = await DifferentAsync(from, cancellation);
        var notTo = await DifferentAsync(to, cancellation);
        var git = await GitAsync(cancellation);
        foreach (var change in changes)
        {
            var isFrom = change.Old.IsAbsent ? KindOf(change.Path) == Kind.None : !notFrom.Contains(change.Path);
            var isTo = change.New.IsAbsent ? KindOf(change.Path) != Kind.File : !notTo.Contains(change.Path);
            var behindLink = Above(change.Path).Any(parent => new FileInfo(Path.Combine(checkout.Path, parent)).LinkTarget is not null);
            if (behindLink || (!isFrom && !isTo && KindOf(change.Path) != Kind.None && !await IsBeginningAsync(git, change, cancellation)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes changed paths as they were before; the index is not touched.</summary>
    internal async Task PutBackAsync(IReadOnlyList<TreeChange> changes, string from, CancellationToken cancellation)
    {
        foreach (var path in changes.Select(change => change.Path).Where(path => KindOf(path) == Kind.File))
        {
            File.Delete(Path.Combine(checkout.Path, path));
            foreach (var parent in Above(path).Reverse().TakeWhile(parent => KindOf(parent) == Kind.Folder && !Directory.EnumerateFileSystemEntries(Path.Combine(checkout.Path, parent)).Any()))
            {
                Directory.Delete(Path.Combine(checkout.Path, parent));
            }
        }

        using var index = new TemporaryIndex(repository);
        var git = await GitAsync(cancellation);
        await git.RunAsync(["read-tree", from], cancellation, env: index.Environment);
        var paths = GitName.List(changes.Where(change => !change.Old.IsAbsent).Select(change => change.Path));
        await git.RunAsync(["checkout-index", "-f", "-q", "-z", "--stdin"], cancellation, paths, index.Environment);
    }

    private async Task<HashSet<string>> DifferentAsync(string commit, CancellationToken cancellation)
    {
        using var index = new TemporaryIndex(repository);
        var git = await GitAsync(cancellation);
        await git.RunAsync(["read-tree", commit], cancellation, env: index.Environment);
        _ = await git.TryRunAsync(["update-index", "-q", "--refresh"], cancellation, env: index.Environment);
        return [.. (await git.RunToEndAsync(["diff-files", "-z", "--name-only", "--no-renames"], cancellation, env: index.Environment)).Records];
    }

    private async Task<bool> IsBeginningAsync(Git git, TreeChange change, CancellationToken cancellation)
    {
        var path = Path.Combine(checkout.Path, change.Path);
        if (KindOf(change.Path) != Kind.File || !GitName.IsText(change.Path) || new FileInfo(path).LinkTarget is not null || !change.New.IsFile)
        {
            return false;
        }

        var there = await File.ReadAllBytesAsync(path, cancellation);
        var whole = await TreeChange.ContentAsync(git, change.New, cancellation);
        return whole.AsSpan().StartsWith(there);
    }

    internal async Task<Git> GitAsync(CancellationToken cancellation) => (await repository.ViewAsync(cancellation)).On(checkout.Path);

    /// <summary>A copy of the checkout's index that knows which files are as it says, whatever flags were set to hide it.</summary>
    internal async Task<TemporaryIndex> RefreshedIndexAsync(CancellationToken cancellation)
    {
        var index = new TemporaryIndex(repository);
        index.CopyFrom(checkout.IndexPath);
        _ = await (await GitAsync(cancellation)).TryRunAsync(["update-index", "-q", "--really-refresh"], cancellation, env: index.Environment);
        return index;
    }

    // A filter, such as Git LFS, would turn the stored bytes into others; it is a command of the repository and does not run here.
    private async Task<string?> FilteredAsync(string commit, IReadOnlyList<TreeChange> changes, CancellationToken cancellation)
    {
        using var index = new TemporaryIndex(repository);
        await (await repository.ViewAsync(cancellation)).On(null).RunAsync(["read-tree", commit], cancellation, env: index.Environment);
        var paths = GitName.List(changes.Select(change => change.Path));

        // Asked with the person's own settings: attributes can be set there too, and asking runs nothing.
        var environment = new Dictionary<string, string>(index.Environment) { ["GIT_CONFIG_GLOBAL"] = "", ["GIT_CONFIG_NOSYSTEM"] = "" };
        var answer = (await repository.Git.RunToEndAsync(["check-attr", "--cached", "-z", "--stdin", "filter"], cancellation, paths, environment)).Records;
        for (var i = 0; i + 2 < answer.Count; i += 3)
        {
            if (answer[i + 2] is not ("unspecified" or "unset"))
            {
                return $"{GitName.Readable(answer[i])} has the filter '{answer[i + 2]}'";
            }
        }

        return null;
    }

    private enum Kind
    {
        None,
        File,
        Folder,
    }

    // Asks about the entry itself: a link counts as a file wherever it leads.
    private Kind KindOf(string path)
    {
        if (!GitName.IsText(path))
        {
            return IsLikelyThere(path) ? Kind.File : Kind.None;
        }

        var attributes = new FileInfo(Path.Combine(checkout.Path, path)).Attributes;
        return attributes == (FileAttributes)(-1) ? Kind.None
            : attributes.HasFlag(FileAttributes.Directory) && !attributes.HasFlag(FileAttributes.ReparsePoint) ? Kind.Folder
            : Kind.File;
    }

    // .NET cannot ask for such a name, and gives it with U+FFFD for what is no text: any name that may be it counts.
    private bool IsLikelyThere(string path)
    {
        var folder = Path.Combine(checkout.Path, path[..(path.LastIndexOf('/') + 1)]);
        var name = Encoding.UTF8.GetString(GitName.Encode(path[(path.LastIndexOf('/') + 1)..]));
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry) == name);
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    private IEnumerable<string> Below(string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path.Combine(checkout.Path, folder)))
        {
            var path = $"{folder}/{Path.GetFileName(entry)}";
            foreach (var inner in KindOf(path) == Kind.Folder ? Below(path) : [path])
            {
                yield return inner;
            }
        }
    }
}
