namespace Interlock.Engine.Sandbox;

/// <summary>Finds the program behind a word, as the system would.</summary>
internal static class ProgramPath
{
    /// <param name="path">The value of <c>PATH</c>; entries that are not absolute are passed over.</param>
    /// <returns>An absolute path; null when there is none.</returns>
    public static string? Find(string word, string? path)
    {
        if (word.Contains('/', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && word.Contains('\\', StringComparison.Ordinal)))
        {
            return Path.IsPathFullyQualified(word) && File.Exists(word) ? word : null;
        }

        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd", ".bat", ".com"] : [""];
        return Folders(path)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, word + ending)))
            .FirstOrDefault(IsProgram);
    }

    public static IEnumerable<string> Folders(string? path) =>
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);

    private static bool IsProgram(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
