using System.Collections.Concurrent;
using System.Globalization;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>One git repository, known by its common directory, whichever worktree it was reached from.</summary>
public sealed class Repository
{
    // By a commit's id, which can never come to mean another tree.
    private readonly ConcurrentDictionary<string, string> trees = new(StringComparer.Ordinal);
    private Task<NeutralView>? view;

    internal Repository(string commonDir)
        : this(Path.GetFullPath(commonDir), GitPlace.CheckoutOf(Path.GetFullPath(commonDir)))
    {
    }

    private Repository(string commonDir, string? mainCheckout)
    {
        CommonDir = commonDir;
        MainCheckout = mainCheckout;
        StateDir = Path.Combine(CommonDir, "interlock");
        Git = new Git(CommonDir, null);
    }

    /// <summary>The directory that all worktrees share, absolute.</summary>
    public string CommonDir { get; }

    /// <summary>The main worktree's top folder; null for a bare repository, and where it cannot be known.</summary>
    public string? MainCheckout { get; }

    public string StateDir { get; }

    /// <summary>Runs on the common directory: refs and history. Content goes through <see cref="NeutralView"/>.</summary>
    public Git Git { get; }

    /// <summary>Finds the repository around a directory without running git there; null outside one.</summary>
    /// <exception cref="BadInputException">There is one, and it cannot be used: to go on without it, or with one further out, would be a second truth.</exception>
    public static Repository? Discover(string directory)
    {
        for (var current = new DirectoryInfo(Path.GetFullPath(directory)); current is not null; current = current.Parent)
        {
            if (GitPlace.In(current.FullName) is { } place)
            {
                return place.CommonDir is { } common ? new Repository(common, place.MainCheckout) : throw new BadInputException(place.Problem!, place.Remedy, 3);
            }
        }

        return null;
    }

    /// <summary>As <see cref="Discover"/>, where one that cannot be used is as good as none.</summary>
    public static Repository? DiscoverUsable(string directory)
    {
        try
        {
            return Discover(directory);
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    public string EnsureStateDir() => PrivateFolder.Create(StateDir);

    /// <summary>The commit a revision names; null when it names none.</summary>
    public async Task<string?> ResolveAsync(string rev, CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}"], cancellation);
        return result.ExitCode == 0 ? result.Text.Trim() : null;
    }

    /// <summary>The tree of a commit. That of a tree is itself.</summary>
    /// <exception cref="GitException">There is no such object.</exception>
    internal async Task<string> TreeOfAsync(string commit, CancellationToken cancellation)
    {
        if (trees.TryGetValue(commit, out var known))
        {
            return known;
        }

        var tree = await Git.RunAsync(["rev-parse", "--verify", "--end-of-options", commit + "^{tree}"], cancellation);
        return IsObjectId(commit) ? trees[commit] = tree : tree;
    }

    public async Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellation)
    {
        if (commit == of)
        {
            return true;
        }

        string[] arguments = ["merge-base", "--is-ancestor", "--end-of-options", commit, of];
        var result = await Git.TryRunAsync(arguments, cancellation);
        return result.ExitCode switch
        {
            0 => true,
            1 => false,
            _ => throw Git.Failed(arguments, result),
        };
    }

    /// <summary>Whether the checkout that people see has the commit. False without a commit in it.</summary>
    internal async Task<bool> IsInHeadAsync(string commit, CancellationToken cancellation) =>
        await ResolveAsync("HEAD", cancellation) is { } head && await IsAncestorAsync(commit, head, cancellation);

    /// <summary>
    /// Moves a ref only from <paramref name="oldOid"/> (all zeros: it must not exist). False when it stands elsewhere.
    /// </summary>
    /// <exception cref="GitException">The ref stands right and still could not be moved.</exception>
    public async Task<bool> CompareAndSwapAsync(string fullRef, string newOid, string oldOid, string reason, CancellationToken cancellation)
    {
        RequireFullRef(fullRef);
        var old = oldOid.AsSpan().ContainsAnyExcept('0') ? oldOid : "";
        string[] arguments = ["update-ref", "--no-deref", "--create-reflog", "-m", reason.ReplaceLineEndings(" "), fullRef, newOid, old];
        var result = await Git.TryRunAsync(arguments, cancellation);
        if (result.ExitCode == 0)
        {
            return true;
        }

        return (await ReadRefAsync(fullRef, cancellation) ?? "") != old
            ? false
            : throw Git.Failed(arguments, result);
    }

    /// <summary>The refs below the prefixes (all, when there are none) and the objects they name, in the order of their names.</summary>
    internal async Task<IReadOnlyList<(string Name, string Oid)>> RefsAsync(IEnumerable<string> prefixes, CancellationToken cancellation)
    {
        var result = await Git.RunToEndAsync(["for-each-ref", "--format=%(objectname) %(refname)", .. prefixes.Select(prefix => prefix.TrimEnd('/'))], cancellation);
        return [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(fields => (fields[1], fields[0]))];
    }

    /// <summary>Names of the refs below the prefixes (all, when there are none) from which the commit can be reached. It has to be in the repository.</summary>
    internal async Task<IReadOnlyList<string>> RefsWithAsync(string commit, IEnumerable<string> prefixes, CancellationToken cancellation)
    {
        var result = await Git.RunToEndAsync(["for-each-ref", "--contains", commit, "--format=%(refname)", .. prefixes], cancellation);
        return result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Deletes a ref that stands at the commit. Answers git's reason when it could not.</summary>
    internal async Task<string?> TryDeleteAsync(string fullRef, string oid, CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["update-ref", "-d", fullRef, oid], cancellation);
        return result.ExitCode == 0 ? null : result.Error.Split('\n')[0].Trim();
    }

    /// <summary>Paths that differ between two trees or commits; a rename is two paths.</summary>
    public async Task<IReadOnlyList<string>> ChangedPathsAsync(string fromTreeish, string toTreeish, CancellationToken cancellation) =>
        (await Git.RunToEndAsync(["diff-tree", "-r", "-z", "--no-renames", "--name-only", "--end-of-options", fromTreeish, toTreeish], cancellation)).Records;

    /// <summary>Null when the tree has no such file.</summary>
    public async Task<byte[]?> ReadFileAsync(string treeish, string path, CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["cat-file", "blob", $"{treeish}:{path}"], cancellation);
        return result.ExitCode == 0 ? result.Output : null;
    }

    /// <summary>The worktrees whose HEAD is the ref.</summary>
    public async Task<IReadOnlyList<string>> CheckedOutAsync(string fullRef, CancellationToken cancellation) => [.. (await CheckedOutAsync(cancellation))[fullRef]];

    /// <summary>The worktrees by the ref that is their HEAD.</summary>
    internal async Task<ILookup<string, string>> CheckedOutAsync(CancellationToken cancellation)
    {
        const string Path = "worktree ";
        const string Branch = "branch ";
        var result = await Git.RunToEndAsync(["worktree", "list", "--porcelain", "-z"], cancellation);
        var found = new List<(string Ref, string Path)>();
        var path = "";
        foreach (var line in result.Records)
        {
            if (line.StartsWith(Path, StringComparison.Ordinal))
            {
                path = line[Path.Length..];
            }
            else if (line.StartsWith(Branch, StringComparison.Ordinal))
            {
                found.Add((line[Branch.Length..], path));
            }
        }

        return found.ToLookup(entry => entry.Ref, entry => entry.Path, StringComparer.Ordinal);
    }

    /// <summary>Tracked files of the main checkout that differ from its HEAD, staged or not.</summary>
    public async Task<IReadOnlyList<string>> DirtyPathsAsync(CancellationToken cancellation)
    {
        return MainCheckout is { } main && await ResolveAsync("HEAD", cancellation) is { } head
            ? await new CheckoutFiles(this, new Checkout(main, CommonDir)).DirtyAsync(head, cancellation)
            : [];
    }

    /// <summary>The main checkout's branch without <c>refs/heads/</c>; null when HEAD is detached.</summary>
    public async Task<string?> HeadBranchAsync(CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["symbolic-ref", "--quiet", "HEAD"], cancellation);
        const string Heads = "refs/heads/";
        var name = result.Text.Trim();
        return result.ExitCode == 0 && name.StartsWith(Heads, StringComparison.Ordinal) ? name[Heads.Length..] : null;
    }

    // Opening twice at once does no harm; remembering a failure, such as a full disk, for ever would.
    internal Task<NeutralView> ViewAsync(CancellationToken cancellation)
    {
        var opened = view;
        if (opened is null or { IsFaulted: true })
        {
            view = opened = NeutralView.OpenAsync(this, CancellationToken.None);
        }

        return opened.WaitAsync(cancellation);
    }

    /// <summary>What a full ref holds, without following it; null when it does not exist.</summary>
    internal async Task<string?> ReadRefAsync(string fullRef, CancellationToken cancellation)
    {
        var result = await Git.TryRunAsync(["show-ref", "--verify", "--hash", "--end-of-options", fullRef], cancellation);
        return result.ExitCode == 0 ? result.Text.Trim() : null;
    }

    internal string NewTemporaryPath(string kind)
    {
        var directory = PrivateFolder.Create(Path.Combine(StateDir, "tmp"));
        return Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{kind}-{Environment.ProcessId}-{Guid.NewGuid():N}"));
    }

    private static bool IsObjectId(string name) => name.Length is 40 or 64 && name.All(char.IsAsciiHexDigitLower);

    private static void RequireFullRef(string name)
    {
        if (!name.StartsWith("refs/", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' is not a full ref name", nameof(name));
        }
    }
}
