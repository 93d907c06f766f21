using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>One thing that was done to the disk.</summary>
internal abstract record DiskStep
{
    public sealed record Wrote(string Path, byte[] Content) : DiskStep;

    public sealed record Synchronized(string Path) : DiskStep;

    public sealed record Renamed(string From, string To) : DiskStep;

    public sealed record FolderSynchronized(string Path) : DiskStep;
}

/// <summary>Replaces a file so that every reader, and every crash, sees the old content or the new, whole.</summary>
public static class AtomicFile
{
    /// <summary>Sees each step that its own flow of control makes, right after it.</summary>
    internal static readonly AsyncLocal<Action<DiskStep>?> Watcher = new();

    /// <exception cref="IOException">The disk is full or the directory refuses; the file is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) => TryWrite(path, content, static () => true);

    /// <param name="still">Asked at the last moment; when it says no, the file stays as it is.</param>
    /// <returns>Whether it was replaced.</returns>
    /// <exception cref="IOException">The disk is full or the directory refuses; the file is as it was.</exception>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content, Func<bool> still)
    {
        var target = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(target)!;
        var temporary = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            WriteTemporary(temporary, target, content);
            if (!still())
            {
                File.Delete(temporary);
                return false;
            }

            Effects.Pass($"file: publish {target}");
            File.Move(temporary, target, overwrite: true);
            Watcher.Value?.Invoke(new DiskStep.Renamed(temporary, target));
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SynchronizeDirectory(directory);
        Effects.Pass($"file: published {target}");
        return true;
    }

    /// <summary>Gives a whole file that somebody else wrote its name, for good.</summary>
    public static void Publish(string finished, string path)
    {
        using (var file = File.OpenHandle(finished, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }

        Watcher.Value?.Invoke(new DiskStep.Synchronized(finished));
        File.Move(finished, path, overwrite: true);
        Watcher.Value?.Invoke(new DiskStep.Renamed(finished, path));
        SynchronizeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void WriteTemporary(string temporary, string target, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        RandomAccess.Write(file, content, 0);
        Watcher.Value?.Invoke(new DiskStep.Wrote(temporary, content.ToArray()));
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(target));
        }

        RandomAccess.FlushToDisk(file);
        Watcher.Value?.Invoke(new DiskStep.Synchronized(temporary));
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
        Watcher.Value?.Invoke(new DiskStep.FolderSynchronized(directory));
    }
}
