using System.Globalization;

namespace Interlock.Engine.Platform;

/// <summary>What the processes of this machine have open and where they work, as far as this user may see it. Linux alone: elsewhere nobody is seen.</summary>
internal static class ProcessHandles
{
    /// <summary>Whether a process has the file open.</summary>
    internal static bool HasOpen(string path) => Folders().Any(process =>
        Look(() => Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(handle => new FileInfo(handle).LinkTarget == path)));

    /// <summary>Whether a process of that name works in the folder or below.</summary>
    internal static bool WorksIn(string folder, string program) => Folders().Any(process => Look(() =>
        File.ReadAllText(Path.Combine(process, "comm")).Trim() == program
        && new FileInfo(Path.Combine(process, "cwd")).LinkTarget is { } at && (at == folder || at.StartsWith(folder + "/", StringComparison.Ordinal))));

    private static IEnumerable<string> Folders() => !OperatingSystem.IsLinux() ? [] :
        Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    // It may have ended, or be another user's, who has no business in this repository.
    private static bool Look(Func<bool> look)
    {
        try
        {
            return look();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
