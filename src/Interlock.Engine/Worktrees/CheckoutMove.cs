using System.Text;
using Interlock.Engine.Platform;
using Interlock.Engine.Running;

namespace Interlock.Engine.Worktrees;

internal enum MoveEnd
{
    Moved,

    /// <summary>Somebody moved the branch or the checkout at the same time: look again.</summary>
    Overtaken,
    NotTouched,
}

/// <summary>
/// Moves a branch together with the checkout that is on it. Files first, then the index, then the branch: at no moment
/// are the files behind the branch, where the next commit of a person would take landed work out again. The index
/// stays locked meanwhile, so that no git command in that checkout comes between, and a note says what was begun.
/// See docs/decisions/0013.
/// </summary>
internal sealed class CheckoutMove(Repository repository)
{
    private string NotePath => Path.Combine(repository.StateDir, "into");

    /// <param name="from">What the branch and its clean checkout are; an ancestor of <paramref name="to"/>.</param>
    /// <returns>How it ended, and why when nothing was touched.</returns>
    internal async Task<(MoveEnd End, string Reason)> TryAsync(Checkout checkout, string branchRef, string from, string to, CancellationToken cancellation)
    {
        using var held = IndexLock.TryTake(checkout);
        if (held is null)
        {
            return (MoveEnd.NotTouched, $"another git command is at work in {checkout.Path}, or its lock was left there: {IndexLock.PathOf(checkout)}");
        }

        Failpoint.Hit(Failpoint.AfterIndexLock);
        if (await checkout.HeadRefAsync(cancellation) != branchRef || await repository.ReadRefAsync(branchRef, cancellation) != from)
        {
            return (MoveEnd.Overtaken, "");
        }

        if (await ObstacleAsync(checkout, from, to, cancellation) is { } obstacle)
        {
            return (MoveEnd.NotTouched, obstacle);
        }

        var note = new Note(branchRef, from, to, checkout);
        note.Write(NotePath);
        var (end, reason) = await MoveAsync(note, cancellation);
        File.Delete(NotePath);
        return (end, reason);
    }

    /// <summary>Top folders of the checkouts that a killed run left half moved, or only locked. Only while no run is active.</summary>
    internal IReadOnlyList<string> Left()
    {
        var locked = Checkout.All(repository).Where(IndexLock.IsLeftIn).Select(checkout => checkout.Path);
        return [.. Note.Read(NotePath) is { } note ? locked.Append(note.Checkout.Path).Distinct() : locked];
    }

    /// <summary>Puts a checkout back that a crash left between its files and its branch. Only while no run is active.</summary>
    internal async Task HealAsync(CancellationToken cancellation)
    {
        if (Note.Read(NotePath) is { } note)
        {
            await HealAsync(note, cancellation);
        }

        // Locked before anything was noted, or still after all was done: those files are as they should be.
        foreach (var checkout in Checkout.All(repository))
        {
            IndexLock.TryAdopt(checkout)?.Dispose();
        }
    }

    private async Task HealAsync(Note note, CancellationToken cancellation)
    {
        if (Directory.Exists(note.Checkout.GitDir) && Directory.Exists(note.Checkout.Path))
        {
            using var held = IndexLock.TryAdopt(note.Checkout) ?? IndexLock.TryTake(note.Checkout);
            if (held is null)
            {
                return;
            }

            // At "to" all was done but the tidying up. Elsewhere a person has taken over, and what lies there is theirs.
            var begun = await repository.ReadRefAsync(note.BranchRef, cancellation) == note.From
                && await note.Checkout.HeadRefAsync(cancellation) == note.BranchRef && note.Checkout.Unfinished is null;
            if (begun)
            {
                await RestoreAsync(note, cancellation);
            }
        }

        File.Delete(NotePath);
    }

    private async Task<string?> ObstacleAsync(Checkout checkout, string from, string to, CancellationToken cancellation)
    {
        var files = new CheckoutFiles(repository, checkout);
        var changes = await TreeChange.ReadAsync(repository, from, to, cancellation);
        if (await files.DirtyAsync(from, cancellation) is { Count: > 0 } dirty)
        {
            return $"{checkout.Path} has uncommitted changes: {Some(dirty)}";
        }

        if (files.InTheWay(changes) is { Count: > 0 } foreign)
        {
            return $"{checkout.Path} has untracked files in the way: {Some(foreign)}";
        }

        return await files.CannotAsync(from, to, changes, cancellation) is { } why ? $"the files of {checkout.Path} cannot be written here: {why}" : null;
    }

    private async Task<(MoveEnd End, string Reason)> MoveAsync(Note note, CancellationToken cancellation)
    {
        try
        {
            using (var index = await new CheckoutFiles(repository, note.Checkout).RefreshedIndexAsync(cancellation))
            {
                await new CheckoutFiles(repository, note.Checkout).MoveAsync(note.From, note.To, index.Environment, cancellation);
                Failpoint.Hit(Failpoint.AfterFiles);
                index.MoveTo(note.Checkout.IndexPath);
            }

            Failpoint.Hit(Failpoint.AfterIndex);
            if (await repository.CompareAndSwapAsync(note.BranchRef, note.To, note.From, "interlock: fast-forward", cancellation))
            {
                return (MoveEnd.Moved, "");
            }

            await RestoreAsync(note, cancellation);
            return (MoveEnd.Overtaken, "");
        }
        catch (Exception error) when (error is GitException or IOException)
        {
            var restored = await RestoreAsync(note, cancellation);
            return (MoveEnd.NotTouched, error.Message.Trim() + (restored ? "" : $"; some of the new files may be in {note.Checkout.Path}"));
        }
    }

    /// <summary>Back to <c>from</c>, if everything there is what this move itself can have left. False, and nothing touched, otherwise.</summary>
    private async Task<bool> RestoreAsync(Note note, CancellationToken cancellation)
    {
        var files = new CheckoutFiles(repository, note.Checkout);
        using var index = await files.RefreshedIndexAsync(cancellation);
        var git = await files.GitAsync(cancellation);
        var staged = (await git.TryRunAsync(["write-tree"], cancellation, env: index.Environment)).Text.Trim();
        var changes = await TreeChange.ReadAsync(repository, note.From, note.To, cancellation);
        if ((staged != await repository.TreeOfAsync(note.From, cancellation) && staged != await repository.TreeOfAsync(note.To, cancellation))
            || !await files.HoldOnlyAsync(changes, note.From, note.To, cancellation))
        {
            return false;
        }

        await files.PutBackAsync(changes, note.From, cancellation);
        await git.RunAsync(["read-tree", note.From], cancellation, env: index.Environment);
        _ = await git.TryRunAsync(["update-index", "-q", "--refresh"], cancellation, env: index.Environment);
        index.MoveTo(note.Checkout.IndexPath);
        return true;
    }

    private static string Some(IReadOnlyList<string> paths) => string.Join(", ", paths.Take(5)) + (paths.Count > 5 ? $" and {paths.Count - 5} more" : "");

    /// <summary>What was begun, for whoever comes after a crash.</summary>
    private sealed record Note(string BranchRef, string From, string To, Checkout Checkout)
    {
        internal static Note? Read(string path) =>
            File.Exists(path) && File.ReadAllText(path).Split('\0') is [var branch, var from, var to, var folder, var gitDir]
                ? new Note(branch, from, to, new Checkout(folder, gitDir))
                : null;

        internal void Write(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(string.Join('\0', BranchRef, From, To, Checkout.Path, Checkout.GitDir)));
    }
}

/// <summary>git's own lock on a checkout's index: while it is there, no git command changes that checkout.</summary>
internal sealed class IndexLock : IDisposable
{
    private static readonly byte[] Mark = "interlock\n"u8.ToArray();
    private readonly string path;

    private IndexLock(string path) => this.path = path;

    internal static string PathOf(Checkout checkout) => checkout.IndexPath + ".lock";

    /// <summary>Null when somebody has it.</summary>
    /// <exception cref="IOException">It cannot be written; then it is not there either.</exception>
    internal static IndexLock? TryTake(Checkout checkout)
    {
        var path = PathOf(checkout);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        var taken = new IndexLock(path);
        try
        {
            using (file)
            {
                file.Write(Mark);
            }

            return taken;
        }
        catch (IOException)
        {
            // A full disk has room for a name. Left there, it would keep every git command out.
            taken.Dispose();
            throw;
        }
    }

    /// <summary>The one that Interlock left behind; null when there is none. Only while no run is active.</summary>
    internal static IndexLock? TryAdopt(Checkout checkout) => IsLeftIn(checkout) ? new IndexLock(PathOf(checkout)) : null;

    internal static bool IsLeftIn(Checkout checkout)
    {
        try
        {
            return File.Exists(PathOf(checkout)) && IsMarked(PathOf(checkout));
        }
        catch (IOException)
        {
            // A git that was at work there has just ended.
            return false;
        }
    }

    /// <summary>Whether a lock is one of Interlock's own.</summary>
    /// <exception cref="IOException">It is gone, or cannot be read.</exception>
    internal static bool IsMarked(string path) => new FileInfo(path).Length == Mark.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(Mark);

    public void Dispose() => File.Delete(path);
}
