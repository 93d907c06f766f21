using System.Globalization;
using System.Text;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// The folder of one repository's worktrees, with the folders that are pooled for reuse and those in the trash.
/// Marked as that repository's: without the mark nothing is pooled and no trash is emptied.
/// </summary>
internal sealed class PoolRoot(string path, string commonDir)
{
    internal const string TrashName = ".trash";
    private const string PooledName = ".pooled";
    private const string MarkName = ".interlock-worktrees";
    private const string VerifyPrefix = "verify-";

    internal string Path { get; } = path;

    internal bool IsOurs =>
        new FileInfo(Mark) is { Exists: true, LinkTarget: null } && File.ReadAllText(Mark).Trim() == commonDir;

    private string Mark => System.IO.Path.Combine(Path, MarkName);

    internal static bool IsVerification(string name) => name.StartsWith(VerifyPrefix, StringComparison.Ordinal);

    internal void EnsureMarked()
    {
        Directory.CreateDirectory(Path);
        if (!System.IO.Path.Exists(Mark))
        {
            AtomicFile.Write(Mark, Encoding.UTF8.GetBytes(commonDir + "\n"));
        }
    }

    /// <summary>Out of the way in one step, so that a crash leaves all of it or none. Answers where it is now.</summary>
    internal string MoveToTrash(string folder, string name) => MoveInto(TrashName, folder, name);

    /// <summary>False, with the folder where it was, when enough are pooled.</summary>
    internal bool TryPool(string folder, string name, int most)
    {
        if (most == 0 || !IsOurs || Entries(PooledName).Count >= most)
        {
            return false;
        }

        MoveInto(PooledName, folder, name);
        return true;
    }

    /// <summary>
    /// The folder pooled last. Folders of checks and of agents are never exchanged: should a process of an agent have
    /// survived, it must not have a foot in a tree that is verified.
    /// </summary>
    internal PoolEntry? FindPooled(bool verification) =>
        IsOurs ? Entries(PooledName).LastOrDefault(entry => IsVerification(entry.Name) == verification) : null;

    /// <summary>Oldest first.</summary>
    internal IReadOnlyList<PoolEntry> Trash() => IsOurs ? Entries(TrashName) : [];

    /// <summary>Oldest first.</summary>
    internal IReadOnlyList<PoolEntry> Pooled() => IsOurs ? Entries(PooledName) : [];

    internal void Tidy(DateTimeOffset before, int mostPooled, CancellationToken cancellation)
    {
        try
        {
            var pooled = Pooled();
            var tooMany = pooled.Take(Math.Max(0, pooled.Count - mostPooled));
            foreach (var entry in Trash().Concat(pooled).Where(entry => entry.At < before).Concat(tooMany).Distinct())
            {
                cancellation.ThrowIfCancellationRequested();
                Delete(entry);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // Tidying is nobody's errand; a folder that cannot be read stays.
        }
    }

    /// <summary>Whoever else deletes or takes it at the same time is no error; what resists stays in the trash.</summary>
    internal void Delete(PoolEntry entry)
    {
        var folder = entry.Path;
        try
        {
            if (System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(folder)) == PooledName)
            {
                folder = MoveToTrash(folder, entry.Name);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }

        DeleteFolder(folder);
    }

    /// <summary>For a folder in the trash: what resists is tried again by a later sweep.</summary>
    internal static void DeleteFolder(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                LinkSafeDelete.Directory(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It stays in the trash.
        }
    }

    private string MoveInto(string place, string folder, string name)
    {
        var parent = System.IO.Path.Combine(Path, place);
        if (new DirectoryInfo(parent).LinkTarget is not null)
        {
            throw new IOException($"'{parent}' was replaced by a link");
        }

        Directory.CreateDirectory(parent);
        var target = System.IO.Path.Combine(parent, $"{name}-{Guid.CreateVersion7():N}");
        Effects.Pass($"folder: move to {place}");
        Directory.Move(folder, target);
        Effects.Pass($"folder: moved to {place}");
        return target;
    }

    private IReadOnlyList<PoolEntry> Entries(string place)
    {
        var parent = new DirectoryInfo(System.IO.Path.Combine(Path, place));
        return parent is { Exists: true, LinkTarget: null }
            ? [.. parent.EnumerateDirectories().Select(PoolEntry.Of).OfType<PoolEntry>().OrderBy(entry => entry.At)]
            : [];
    }
}

/// <summary>A folder that is pooled or in the trash.</summary>
/// <param name="Name">The worktree it was.</param>
/// <param name="At">When it came here.</param>
internal sealed record PoolEntry(string Path, string Name, DateTimeOffset At)
{
    private const int IdLength = 32;

    /// <summary>Null for a folder that we did not put there. The time is the one its version 7 id starts with.</summary>
    internal static PoolEntry? Of(DirectoryInfo folder)
    {
        var dash = folder.Name.Length - IdLength - 1;
        return folder.LinkTarget is null && dash > 0 && folder.Name[dash] == '-' && Guid.TryParseExact(folder.Name[(dash + 1)..], "N", out var id)
            ? new PoolEntry(folder.FullName, folder.Name[..dash], id.Version == 7 ? TimeOf(folder.Name[(dash + 1)..]) : folder.LastWriteTimeUtc)
            : null;
    }

    private static DateTimeOffset TimeOf(string id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
}
