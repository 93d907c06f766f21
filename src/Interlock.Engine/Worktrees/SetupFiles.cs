using System.IO.Enumeration;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>Brings ignored files of the main checkout into a worktree. What the worktree already has stays as it is.</summary>
internal sealed class SetupFiles(string main, string worktree)
{
    private readonly List<string> brought = [];
    private bool reflinks = true;
    private bool hardLinks = true;

    /// <summary>Repo-relative paths of the files and folders that came, with <c>/</c>.</summary>
    internal IReadOnlyList<string> Brought => brought;

    internal void Link(IEnumerable<string> patterns) => Bring(patterns, (source, target) =>
    {
        if (source is DirectoryInfo)
        {
            Directory.CreateSymbolicLink(target, source.FullName);
        }
        else
        {
            File.CreateSymbolicLink(target, source.FullName);
        }
    });

    internal void Clone(IEnumerable<string> patterns) => Bring(patterns, (source, target) => BringTree(source, target, CloneFile));

    // The runtime's copy shares blocks by itself where it can.
    internal void Copy(IEnumerable<string> patterns) =>
        Bring(patterns, (source, target) => BringTree(source, target, (file, to) => File.Copy(file.FullName, to)));

    internal static IEnumerable<FileSystemInfo> Find(string main, IEnumerable<string> patterns) =>
        patterns.SelectMany(pattern => Matches(new DirectoryInfo(main), Segments(pattern)));

    private void Bring(IEnumerable<string> patterns, Action<FileSystemInfo, string> bring)
    {
        foreach (var entry in Find(main, patterns).ToList())
        {
            var relative = Path.GetRelativePath(main, entry.FullName);
            var target = Path.Combine(worktree, relative);
            if (IsFree(target))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                bring(entry, target);
                brought.Add(relative.Replace('\\', '/'));
            }
        }
    }

    // A checkout may hold links, also broken ones: nothing is written through one.
    private bool IsFree(string target) =>
        !Path.Exists(target) && new FileInfo(target).LinkTarget is null
        && WorktreePool.IsBelow(RealPath.Of(Path.GetDirectoryName(target)!), RealPath.Of(worktree));

    private void BringTree(FileSystemInfo source, string target, Action<FileInfo, string> bringFile)
    {
        if (source.LinkTarget is { } to)
        {
            BringLink(source, to, target);
        }
        else if (source is FileInfo file)
        {
            bringFile(file, target);
        }
        else if (source is DirectoryInfo folder)
        {
            Directory.CreateDirectory(target);
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                BringTree(entry, Path.Combine(target, entry.Name), bringFile);
            }
        }
    }

    // A relative link that stays inside means the same in the worktree; any other would lead out of it and is left behind.
    private void BringLink(FileSystemInfo source, string to, string target)
    {
        if (Path.IsPathRooted(to) || !WorktreePool.IsBelow(Path.GetFullPath(to, Path.GetDirectoryName(source.FullName)!), main))
        {
            return;
        }

        if (source is DirectoryInfo)
        {
            Directory.CreateSymbolicLink(target, to);
        }
        else
        {
            File.CreateSymbolicLink(target, to);
        }
    }

    // What the file system refused once is not tried again for each of a hundred thousand files.
    private void CloneFile(FileInfo source, string target)
    {
        reflinks = reflinks && FileClone.TryReflink(source.FullName, target);
        if (reflinks)
        {
            return;
        }

        hardLinks = hardLinks && FileClone.TryHardLink(source.FullName, target);
        if (!hardLinks)
        {
            File.Copy(source.FullName, target);
        }
    }

    private static string[] Segments(string pattern)
    {
        var segments = pattern.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Path.IsPathRooted(pattern) || segments.Contains("..") || segments.Contains(".git")
            ? throw new ArgumentException($"the setup pattern '{pattern}' must stay inside the main checkout", nameof(pattern))
            : segments;
    }

    private static IEnumerable<FileSystemInfo> Matches(DirectoryInfo folder, string[] segments)
    {
        if (segments is ["**", .. var rest])
        {
            var below = folder.EnumerateDirectories().Where(d => d.LinkTarget is null && d.Name is not (".git" or "node_modules"));
            return Matches(folder, rest).Concat(below.SelectMany(d => Matches(d, segments)));
        }

        return segments switch
        {
            [] => [],
            [var last] => folder.EnumerateFileSystemInfos().Where(e => e.Name != ".git" && IsMatch(last, e)),
            [var first, .. var deeper] => folder.EnumerateDirectories()
                .Where(d => d.LinkTarget is null && IsMatch(first, d)).SelectMany(d => Matches(d, deeper)),
        };
    }

    private static bool IsMatch(string pattern, FileSystemInfo entry) =>
        FileSystemName.MatchesSimpleExpression(pattern, entry.Name, ignoreCase: OperatingSystem.IsWindows());
}
