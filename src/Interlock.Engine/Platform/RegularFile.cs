using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>What a name stands for.</summary>
internal enum FileKind
{
    Nothing,
    Regular,
    Folder,
    Link,

    /// <summary>A named pipe, a socket or a device.</summary>
    Special,
}

/// <summary>
/// Reads files that others may have replaced. Whoever opens a named pipe waits until somebody writes into it, so only what is known
/// to be a regular file is opened, and even then without waiting: it may be something else a moment later.
/// </summary>
internal static class RegularFile
{
    private const int TypeMask = 0xF000;
    private const int BufferSize = 256;

    /// <summary>Asked without opening it.</summary>
    /// <param name="follow">What a link points to is asked for; otherwise it is a link.</param>
    public static unsafe FileKind KindOf(string path, bool follow = false)
    {
        if (OperatingSystem.IsWindows())
        {
            return KindOnWindows(path, follow);
        }

        var buffer = stackalloc byte[BufferSize];
        var result = OperatingSystem.IsLinux() ? Native.StatX(Native.AtWorkingDirectory, path, follow ? 0 : Native.AtNoFollow, Native.StatType, buffer)
            : (IsIntelMac, follow) switch
            {
                (true, true) => Native.MacIntelStat(path, buffer),
                (true, false) => Native.MacIntelLinkStat(path, buffer),
                (false, true) => Native.MacStat(path, buffer),
                (false, false) => Native.MacLinkStat(path, buffer),
            };
        return result == 0 ? KindIn(buffer)
            : Marshal.GetLastPInvokeError() is Native.NoSuchFile or Native.NotAFolder ? FileKind.Nothing
            : throw Failure(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>The content; null when there is nothing of that name.</summary>
    /// <exception cref="NotARegularFileException">There is something else of that name.</exception>
    public static byte[]? Read(string path, bool follow = false)
    {
        switch (KindOf(path, follow))
        {
            case FileKind.Nothing:
                return null;
            case FileKind.Regular:
                break;
            case var other:
                throw new NotARegularFileException(path, other);
        }

        using var file = OperatingSystem.IsWindows() ? File.OpenHandle(path) : Open(path, follow);
        if (file is null)
        {
            return null;
        }

        var content = new byte[RandomAccess.GetLength(file)];
        var length = 0;
        while (length < content.Length && RandomAccess.Read(file, content.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        return length == content.Length ? content : content[..length];
    }

    /// <summary>In words, for people.</summary>
    public static string Word(FileKind kind) => kind switch
    {
        FileKind.Folder => "a folder",
        FileKind.Link => "a symbolic link",
        FileKind.Special => "a named pipe, socket or device",
        FileKind.Regular => "a file",
        _ => "not there",
    };

    private static unsafe SafeFileHandle? Open(string path, bool follow)
    {
        var descriptor = Native.Open(path, Native.CloseOnExec | Native.NonBlocking | (follow ? 0 : Native.NoFollow));
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is Native.NoSuchFile or Native.NotAFolder ? null : throw Failure(path, Marshal.GetLastPInvokeError());
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var buffer = stackalloc byte[BufferSize];
        var result = OperatingSystem.IsLinux() ? Native.StatX(descriptor, "", Native.AtEmptyPath, Native.StatType, buffer)
            : IsIntelMac ? Native.MacIntelStatOpen(file, buffer) : Native.MacStatOpen(file, buffer);
        if (result == 0 && KindIn(buffer) == FileKind.Regular)
        {
            return file;
        }

        file.Dispose();
        throw new NotARegularFileException(path, result == 0 ? KindIn(buffer) : FileKind.Special);
    }

    private static FileKind KindOnWindows(string path, bool follow)
    {
        var entry = new FileInfo(path);
        return (int)entry.Attributes == -1 ? FileKind.Nothing
            : !follow && entry.LinkTarget is not null ? FileKind.Link
            : entry.Attributes.HasFlag(FileAttributes.Directory) ? FileKind.Folder : FileKind.Regular;
    }

    // statx has the mode at 28 on every Linux; macOS with 64-bit inodes has it behind the 32-bit device.
    private static unsafe FileKind KindIn(byte* buffer) => (*(ushort*)(buffer + (OperatingSystem.IsLinux() ? 28 : 4)) & TypeMask) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Folder,
        0xA000 => FileKind.Link,
        _ => FileKind.Special,
    };

    private static bool IsIntelMac => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private static Exception Failure(string path, int error)
    {
        var message = $"'{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(error)}";
        return error is Native.AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message);
    }
}

/// <summary>Something else is where a file belongs, and was not opened.</summary>
internal sealed class NotARegularFileException(string path, FileKind kind) : IOException($"{path} is {RegularFile.Word(kind)}, not a file");
