using System.Diagnostics;

namespace Interlock.Engine.Worktrees;

/// <summary>Deletes a tree; links and junctions are unlinked, never walked into.</summary>
internal static class LinkSafeDelete
{
    internal static void Directory(string path)
    {
        var folder = new DirectoryInfo(path);
        if (!folder.Exists)
        {
            return;
        }

        try
        {
            UnlinkBelow(folder);
            folder.Delete(recursive: true);
        }
        catch (IOException) when (!OperatingSystem.IsWindows())
        {
            // No call of .NET reaches a name that is not UTF-8. rm does, and walks into links as little.
            using var rm = Process.Start("rm", ["-rf", "--", folder.FullName]);
            rm.WaitForExit();
            if (rm.ExitCode != 0)
            {
                throw;
            }
        }
    }

    private static void UnlinkBelow(DirectoryInfo folder)
    {
        MakeWritable(folder);
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                entry.Delete();
            }
            else if (entry is DirectoryInfo inner)
            {
                UnlinkBelow(inner);
            }
            else if (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.ReadOnly))
            {
                entry.Attributes &= ~FileAttributes.ReadOnly;
            }
        }
    }

    // Module caches make their folders read-only, and then nothing in them can be deleted.
    private static void MakeWritable(DirectoryInfo folder)
    {
        const UnixFileMode Needed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows() && (folder.UnixFileMode & Needed) != Needed)
        {
            folder.UnixFileMode |= Needed;
        }
    }
}
