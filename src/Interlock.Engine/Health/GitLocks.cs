using Interlock.Domain.Health;
using Interlock.Domain.Leasing;

namespace Interlock.Engine.Health;

/// <summary>Finds lock files that a git process left when it died.</summary>
internal static class GitLocks
{
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(60);
    private static readonly string[] Folders = ["refs", "logs", "worktrees"];
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>Only locks that are old and that no living process has open, as far as that can be told.</summary>
    public static IEnumerable<Diagnosis> Examine(string commonDir, DateTimeOffset now) => Left(commonDir, now)
        .Select(path => new Diagnosis(
            FindingKinds.GitLockLeft.At($"{path} is {Ages.Text(now - File.GetLastWriteTimeUtc(path))} old"),
            OperatingSystem.IsLinux() ? _ => Task.FromResult<string?>(Remove(path)) : null));

    /// <summary>Removes them and says which; none off Linux, where nobody can tell whether one is open.</summary>
    public static IReadOnlyList<string> Clear(string commonDir, DateTimeOffset now) =>
        OperatingSystem.IsLinux() ? [.. Left(commonDir, now).ToList().Select(Remove).OfType<string>()] : [];

    private static IEnumerable<string> Left(string commonDir, DateTimeOffset now) => Candidates(commonDir)
        .Where(path => now - File.GetLastWriteTimeUtc(path) > Old && !IsOurs(path))
        .Where(path => !OperatingSystem.IsLinux() || !IsOpen(path));

    private static string? Remove(string path)
    {
        if (!File.Exists(path) || IsOpen(path))
        {
            return null;
        }

        File.Delete(path);
        return $"{path} is removed";
    }

    // Objects have no locks, and what is in our own folder is ours.
    private static IEnumerable<string> Candidates(string commonDir) =>
        Directory.EnumerateFiles(commonDir, "*.lock").Concat(
            Folders.Select(name => Path.Combine(commonDir, name)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.lock", Below)));

    // One of our own guards a checkout that a fast-forward left half moved; the next run puts it right.
    private static bool IsOurs(string path)
    {
        try
        {
            return new FileInfo(path).Length < 64 && File.ReadAllText(path).Trim() == "interlock";
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool IsOpen(string path)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(handle => new FileInfo(handle).LinkTarget == path))
                {
                    return true;
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended, or is another user's, who has no business in this repository.
            }
        }

        return false;
    }
}
