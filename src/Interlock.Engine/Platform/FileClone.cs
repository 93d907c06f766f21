using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Interlock.Engine.Platform;

/// <summary>Second names and second owners of a file's bytes, where the system has them.</summary>
internal static class FileClone
{
    /// <summary>
    /// A file of its own that shares blocks with the source until one of them is written: <c>FICLONE</c> on Linux (btrfs, XFS, ZFS),
    /// <c>clonefile</c> on macOS (APFS). False, with nothing made, where that does not work; on Windows always, because
    /// <see cref="File.Copy(string, string)"/> itself clones blocks on ReFS.
    /// </summary>
    internal static bool TryReflink(string source, string target) =>
        OperatingSystem.IsMacOS() ? Native.CloneFile(source, target, 0) == 0
        : OperatingSystem.IsLinux() && TryCloneBlocks(source, target);

    /// <summary>A second name of the same file: what is written through one is read through the other. False when the system refuses.</summary>
    internal static bool TryHardLink(string source, string target) =>
        OperatingSystem.IsWindows() ? Native.CreateHardLink(target, source, 0) : Native.Link(source, target) == 0;

    [SupportedOSPlatform("linux")]
    private static bool TryCloneBlocks(string source, string target)
    {
        using (var from = File.OpenHandle(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            using var to = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            if (Native.InputOutputControl(to, Native.CloneBlocks, from.DangerousGetHandle()) == 0)
            {
                File.SetUnixFileMode(to, File.GetUnixFileMode(from));
                return true;
            }
        }

        File.Delete(target);
        return false;
    }
}

/// <summary>How often a file has a name, and the room it takes.</summary>
/// <param name="Bytes">What the disk gives to it; on Windows its length.</param>
internal readonly record struct FileUse(uint Names, long Bytes)
{
    private const int BufferSize = 256;

    /// <summary>Of the name itself, should it be a link. Null when there is no such file. On Windows every file counts as having one name.</summary>
    internal static unsafe FileUse? Of(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileUse(1, file.Length) : null;
        }

        var buffer = stackalloc byte[BufferSize];
        if (OperatingSystem.IsLinux())
        {
            return Native.StatX(Native.AtWorkingDirectory, path, Native.AtNoFollow, Native.StatNames | Native.StatBlocks, buffer) == 0
                ? new FileUse(*(uint*)(buffer + 16), *(long*)(buffer + 48) * 512)
                : null;
        }

        var result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Native.MacIntelLinkStat(path, buffer) : Native.MacLinkStat(path, buffer);
        return result == 0 ? new FileUse(*(ushort*)(buffer + 6), *(long*)(buffer + 104) * 512) : null;
    }
}
