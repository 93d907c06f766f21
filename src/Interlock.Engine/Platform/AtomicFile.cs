using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>Replaces a file so that every reader, and every crash, sees the old content or the new, whole.</summary>
public static class AtomicFile
{
    /// <exception cref="IOException">The disk is full or the directory refuses; the file is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var target = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(target)!;
        var temporary = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            WriteTemporary(temporary, target, content);
            Effects.Pass($"file: publish {target}");
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SynchronizeDirectory(directory);
        Effects.Pass($"file: published {target}");
    }

    private static void WriteTemporary(string temporary, string target, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        RandomAccess.Write(file, content, 0);
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(target));
        }

        RandomAccess.FlushToDisk(file);
    }

    // The rename itself is durable only when the directory is; Windows has no such call and journals its renames.
    private static void SynchronizeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Native.Open(directory, Native.CloseOnExec);
        if (descriptor < 0)
        {
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        _ = Native.Synchronize(handle);
    }
}
