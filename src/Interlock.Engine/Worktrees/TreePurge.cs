using Interlock.Domain.Leasing;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>The entries of an index by kind; paths with <c>/</c>.</summary>
internal sealed record TrackedPaths(HashSet<string> Files, HashSet<string> Links, HashSet<string> Repositories, HashSet<string> Folders)
{
    internal static async Task<TrackedPaths> ReadAsync(Git git, IReadOnlyDictionary<string, string> index, CancellationToken cancellation)
    {
        var tracked = new TrackedPaths([], [], [], []);
        foreach (var record in (await git.RunToEndAsync(["ls-files", "--stage", "-z"], cancellation, env: index)).Records)
        {
            var path = record[(record.IndexOf('\t') + 1)..];
            (record[..6] switch { "120000" => tracked.Links, "160000" => tracked.Repositories, _ => tracked.Files }).Add(path);
            for (var slash = path.LastIndexOf('/'); slash > 0 && tracked.Folders.Add(path[..slash]); slash = path.LastIndexOf('/', slash - 1))
            {
            }
        }

        return tracked;
    }
}

/// <summary>
/// Removes from a folder everything that a checkout would not have put there: untracked and ignored files, links,
/// repositories, files with a second name elsewhere, odd permissions. No link is followed and no file is opened.
/// </summary>
internal sealed class TreePurge(TrackedPaths tracked, FileSet keep, UnixFileMode plain)
{
    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // Who may read a program may run it: the bits lie two places apart.
    private readonly UnixFileMode executable = plain | (UnixFileMode)((int)(plain & Read) >> 2);

    internal void Run(string folder) => Purge(new DirectoryInfo(folder), "");

    private void Purge(DirectoryInfo folder, string prefix)
    {
        if (!OperatingSystem.IsWindows() && folder.UnixFileMode != executable)
        {
            folder.UnixFileMode = executable;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos().ToList())
        {
            var path = prefix + entry.Name;
            if (entry.Name.Contains('\uFFFD'))
            {
                // .NET's sign for bytes that are no text, and then no call of it reaches the file.
                throw new IOException($"'{entry.FullName}' may have a name that is not UTF-8");
            }

            if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                DeleteUnless(tracked.Links.Contains(path), entry);
            }
            else if (entry is DirectoryInfo inner)
            {
                PurgeFolder(inner, path);
            }
            else
            {
                // Where links are not possible, git writes them as files.
                var isTracked = tracked.Files.Contains(path) || tracked.Links.Contains(path);
                DeleteUnless((isTracked || keep.Covers(path)) && IsAsFresh((FileInfo)entry), entry);
            }
        }
    }

    private void PurgeFolder(DirectoryInfo folder, string path)
    {
        if (tracked.Folders.Contains(path))
        {
            Purge(folder, path + "/");
        }
        else if (tracked.Repositories.Contains(path))
        {
            LinkSafeDelete.Directory(folder.FullName);
            folder.Create();
        }
        else if (keep.IsUnknown || folder.Name == ".git")
        {
            LinkSafeDelete.Directory(folder.FullName);
        }
        else
        {
            Purge(folder, path + "/");
            if (!folder.EnumerateFileSystemInfos().Any())
            {
                folder.Delete();
            }
        }
    }

    private bool IsAsFresh(FileInfo file) => OperatingSystem.IsWindows()
        || ((file.UnixFileMode == plain || file.UnixFileMode == executable) && FileUse.Of(file.FullName) is { Names: 1 });

    private static void DeleteUnless(bool stays, FileSystemInfo entry)
    {
        if (!stays)
        {
            if (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.ReadOnly))
            {
                entry.Attributes &= ~FileAttributes.ReadOnly;
            }

            entry.Delete();
        }
    }
}
