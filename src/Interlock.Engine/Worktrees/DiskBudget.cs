using System.Globalization;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Keeps what lies below a pool's root within its budget: trash and pooled folders go first, then a new worktree is refused.
/// Files with several names count as nothing, because a hard link takes no room of its own.
/// </summary>
internal sealed class DiskBudget(Repository repository, PoolRoot root, long? most)
{
    private static readonly long Fresh = (long)TimeSpan.FromMinutes(1).TotalMilliseconds;
    private readonly Dictionary<string, (long Bytes, long At)> measured = new(StringComparer.Ordinal);

    /// <summary>Makes room for one more worktree. The caller holds the worktree lock.</summary>
    /// <param name="place">Where it will be.</param>
    /// <param name="commit">What will be checked out there.</param>
    /// <exception cref="IOException">There is none.</exception>
    internal async Task MakeRoomAsync(string place, string commit, PoolEntry? reused, CancellationToken cancellation)
    {
        GiveUpWhileLow(reused);
        if (FreeSpace.IsLow(root.Path))
        {
            throw new IOException($"less than {Text(FreeSpace.Needed)} is free on the disk of '{root.Path}', so no worktree is made");
        }

        if (most is not { } limit)
        {
            return;
        }

        var estimate = reused is null ? await EstimateAsync(commit, cancellation) : 0;
        var use = Use();
        while (use + estimate > limit && TryGiveUp(reused))
        {
            use = Use();
        }

        if (use + estimate > limit)
        {
            throw new IOException(
                $"the worktrees in '{root.Path}' take {Text(use)} and one more about {Text(estimate)}: more than worktrees.disk allows ({Text(limit)})");
        }

        // Others are made before this one is filled: until it is measured it counts with what it will be.
        if (reused is null)
        {
            measured[place] = (estimate, Environment.TickCount64);
        }
    }

    /// <summary>Trash and pooled folders go as long as the disk is nearly full. The caller holds the worktree lock.</summary>
    internal void GiveUpWhileLow(PoolEntry? reused = null)
    {
        while (FreeSpace.IsLow(root.Path) && TryGiveUp(reused))
        {
        }
    }

    internal static string Text(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MB");

    // Bytes of the files as they lie on a disk that gives out blocks of 4 KB.
    private async Task<long> EstimateAsync(string commit, CancellationToken cancellation)
    {
        const long Block = 4096;
        var git = (await repository.ViewAsync(cancellation)).On(null);
        var sizes = await git.RunToEndAsync(["ls-tree", "-r", "-z", "--format=%(objectsize)", "--end-of-options", commit], cancellation);
        return sizes.Records.Sum(size => long.TryParse(size, out var bytes) ? (bytes + Block - 1) / Block * Block : 0);
    }

    private bool TryGiveUp(PoolEntry? reused)
    {
        if (root.Trash().Concat(root.Pooled().Where(entry => entry.Path != reused?.Path)).FirstOrDefault(entry => !measured.ContainsKey(GivenUp(entry))) is not { } entry)
        {
            return false;
        }

        // Remembered, so that one that cannot be deleted is not tried for ever.
        measured[GivenUp(entry)] = (0, 0);
        root.Delete(entry);
        return true;
    }

    private static string GivenUp(PoolEntry entry) => "given up: " + Path.GetFileName(entry.Path);

    private long Use() => Below(root.Path)
        .SelectMany(folder => Path.GetFileName(folder) is var name && name.StartsWith('.') ? Below(folder) : [folder])
        .Sum(Measure);

    private static IEnumerable<string> Below(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories().Where(inner => inner.LinkTarget is null).Select(inner => inner.FullName).ToList();

    // Walking ten large trees before each new one would cost more than it saves; a minute's change is little.
    private long Measure(string folder)
    {
        if (measured.TryGetValue(folder, out var known) && Environment.TickCount64 - known.At < Fresh)
        {
            return known.Bytes;
        }

        var bytes = BytesOf(new DirectoryInfo(folder));
        measured[folder] = (bytes, Environment.TickCount64);
        return bytes;
    }

    private static long BytesOf(DirectoryInfo folder)
    {
        long sum = 0;
        try
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    sum += entry is DirectoryInfo inner ? BytesOf(inner) : FileUse.Of(entry.FullName) is { Names: 1 } use ? use.Bytes : 0;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It went away, or is closed to us: what cannot be seen is not counted.
        }

        return sum;
    }
}
