using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>Finds lock files that a git process left when it died: old ones that nobody uses, as far as that can be told.</summary>
internal static class GitLocks
{
    private const string Index = "index.lock";
    private static readonly string[] Trees = ["refs", "logs", "worktrees", Path.Combine("objects", "info")];

    // Those of maintenance and of the index of packs; the folders of single objects have none, and are many.
    private static readonly string[] Folders = [".", "objects", Path.Combine("objects", "pack")];
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    public static IEnumerable<Diagnosis> Examine(Repository repository, DateTimeOffset now) => Left(repository, now).Select(path => new Diagnosis(
        FindingKinds.GitLockLeft.At($"{path} is {Ages.Text(now - File.GetLastWriteTimeUtc(path))} old"),
        OperatingSystem.IsLinux() ? _ => Task.FromResult(Remove(repository, path)) : null));

    /// <summary>Removes them and says which; none off Linux, where nobody can tell whether one is used.</summary>
    public static IReadOnlyList<string> Clear(Repository repository, DateTimeOffset now) =>
        OperatingSystem.IsLinux() ? [.. Left(repository, now).ToList().Select(path => Remove(repository, path)).OfType<string>()] : [];

    private static IEnumerable<string> Left(Repository repository, DateTimeOffset now) => Candidates(repository.CommonDir)
        .Where(path => Leftover.IsOld(path, now) && !IsOurs(path) && !IsUsed(repository, path));

    private static string? Remove(Repository repository, string path)
    {
        if (!File.Exists(path) || IsUsed(repository, path))
        {
            return null;
        }

        File.Delete(path);
        return $"{path} is removed";
    }

    // What is in our own folder is ours.
    private static IEnumerable<string> Candidates(string commonDir) =>
        Existing(commonDir, Folders).SelectMany(folder => Directory.EnumerateFiles(folder, "*.lock"))
            .Concat(Existing(commonDir, Trees).SelectMany(folder => Directory.EnumerateFiles(folder, "*.lock", Below)));

    private static IEnumerable<string> Existing(string commonDir, string[] names) =>
        names.Select(name => Path.GetFullPath(name, commonDir)).Where(Directory.Exists);

    // One of our own guards a checkout that a fast-forward left half moved, and is removed with that.
    private static bool IsOurs(string path)
    {
        try
        {
            return IndexLock.IsMarked(path);
        }
        catch (IOException)
        {
            return true;
        }
    }

    // `git commit -a` keeps the lock of the index, closed, as long as its editor or hook takes.
    private static bool IsUsed(Repository repository, string path) => ProcessHandles.HasOpen(path)
        || (Path.GetFileName(path) == Index && CheckoutOf(repository, Path.GetDirectoryName(path)!) is { } checkout && ProcessHandles.WorksIn(checkout, "git"));

    private static string? CheckoutOf(Repository repository, string gitDir)
    {
        if (gitDir == repository.CommonDir)
        {
            return repository.MainCheckout is { } main ? RealPath.Of(main) : null;
        }

        var pointer = Path.Combine(gitDir, "gitdir");
        return File.Exists(pointer) ? Path.GetDirectoryName(File.ReadAllText(pointer).Trim()) : null;
    }
}
