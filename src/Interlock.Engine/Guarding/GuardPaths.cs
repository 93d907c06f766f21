using Interlock.Domain.Guarding;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Guarding;

/// <summary>Finds what a path that an agent wrote really names, by looking at the links on the way.</summary>
internal static class GuardPaths
{
    /// <summary>The top folder of the checkout around a folder: where its <c>.git</c> is. Null outside of one.</summary>
    public static string? TopOf(string folder)
    {
        for (var at = new DirectoryInfo(Path.GetFullPath(folder)); at is not null; at = at.Parent)
        {
            if (Path.Exists(Path.Combine(at.FullName, ".git")))
            {
                return at.FullName;
            }
        }

        return null;
    }

    /// <summary>What one path names: itself, and where it leads when it is a link; both change with it.</summary>
    /// <param name="root">The agent's own folder; everything else is outside.</param>
    /// <param name="folder">Where relative paths start.</param>
    public static IReadOnlyList<GuardedPath> Of(string root, string folder, string given)
    {
        if (given.Any(char.IsControl))
        {
            return [new GuardedPath("a path", null, "contains a control character")];
        }

        if (given.StartsWith('~'))
        {
            return [new GuardedPath(given, null, "starts in somebody's home")];
        }

        try
        {
            var top = RealPath.Of(root);
            var full = Path.GetFullPath(given, folder);
            var name = Path.Combine(RealPath.Of(Path.GetDirectoryName(full) ?? full), Path.GetFileName(full));
            var real = RealPath.Of(full);

            // "link/../x" is one file to a program that tidies names and another to the system.
            return given.Contains("..", StringComparison.Ordinal) && StepByStep(folder, given) != real
                ? [new GuardedPath(given, null, "leads through a link and back, so that it is not clear what it names")]
                : name == real ? [Inside(top, given, real)] : [Inside(top, given, name), Inside(top, given, real)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return [new GuardedPath(given, null, $"cannot be looked at: {error.Message}")];
        }
    }

    private static GuardedPath Inside(string top, string given, string real)
    {
        var relative = Path.GetRelativePath(top, real);
        return relative == "." ? new GuardedPath(given, null, "is the whole folder, not a file")
            : relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.IsPathRooted(relative)
                ? new GuardedPath(given, null, $"lies outside of {top}")
                : File.Exists(real) && FileUse.Of(real) is { Names: > 1 }
                    ? new GuardedPath(given, null, "is one file under several names (hard links), and a change would reach the others; replace it by a copy first")
                    : new GuardedPath(given, Path.DirectorySeparatorChar == '\\' ? relative.Replace('\\', '/') : relative, null);
    }

    // As the system walks: each link is followed before the ".." behind it counts.
    private static string StepByStep(string folder, string given)
    {
        var at = Path.IsPathRooted(given) ? Path.GetPathRoot(given)! : folder;
        foreach (var segment in given[(Path.GetPathRoot(given)?.Length ?? 0)..].Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar))
        {
            at = RealPath.Of(Path.Combine(at, segment));
        }

        return at;
    }
}
