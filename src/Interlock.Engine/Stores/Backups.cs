using System.Globalization;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Stores;

/// <summary>
/// Whole copies of the store, outside the repository so that they survive the deletion of its state folder. A run makes one every
/// quarter of an hour; the newest few are kept.
/// </summary>
public sealed class Backups(string folder)
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    public const int Kept = 8;

    private const string Prefix = "state-";
    private const string Suffix = ".db";
    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Newest first.</summary>
    public IReadOnlyList<(string Path, DateTimeOffset At)> List() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.GetFiles(folder, $"{Prefix}*{Suffix}")
            .Select(path => (Path: path, At: TimeOf(Path.GetFileName(path))))
            .Where(entry => entry.At is not null)
            .Select(entry => (entry.Path, entry.At!.Value))
            .OrderByDescending(entry => entry.Value),
    ];

    /// <summary>Makes a copy when the newest is old enough, and forgets those beyond <see cref="Kept"/>. Answers its path; null when none was due.</summary>
    /// <exception cref="StoreException">The disk is full or the folder refuses.</exception>
    public string? TakeIfDue(IStore store, DateTimeOffset now)
    {
        var known = List();
        if (known.Count > 0 && now - known[0].At < Every && now >= known[0].At)
        {
            return null;
        }

        PrivateFolder.Create(folder);
        var path = Path.Combine(folder, $"{Prefix}{now.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}{Suffix}");
        var unfinished = path + ".tmp";
        File.Delete(unfinished);
        store.CopyTo(unfinished);
        AtomicFile.Publish(unfinished, path);
        foreach (var (old, _) in List().Skip(Kept))
        {
            File.Delete(old);
        }

        return path;
    }

    private static DateTimeOffset? TimeOf(string name) =>
        DateTimeOffset.TryParseExact(name[Prefix.Length..^Suffix.Length], Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
