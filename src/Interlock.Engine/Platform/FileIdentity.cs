using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>Which file a name or a handle means, whatever it is called by now.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode)
{
    private const int BufferSize = 256;

    internal static unsafe FileIdentity? Of(string path)
    {
        var buffer = stackalloc byte[BufferSize];
        var result = OperatingSystem.IsLinux() ? Native.StatX(Native.AtWorkingDirectory, path, 0, Native.StatInode, buffer)
            : IsIntelMac ? Native.MacIntelStat(path, buffer) : Native.MacStat(path, buffer);
        return result == 0 ? Read(buffer) : null;
    }

    internal static unsafe FileIdentity? Of(SafeFileHandle file)
    {
        var buffer = stackalloc byte[BufferSize];
        var result = OperatingSystem.IsLinux()
            ? Native.StatX((int)file.DangerousGetHandle(), "", Native.AtEmptyPath, Native.StatInode, buffer)
            : IsIntelMac ? Native.MacIntelStatOpen(file, buffer) : Native.MacStatOpen(file, buffer);
        return result == 0 ? Read(buffer) : null;
    }

    private static bool IsIntelMac => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    // statx has one layout on every Linux; macOS with 64-bit inodes starts with a 32-bit device and has the inode at 8.
    private static unsafe FileIdentity Read(byte* buffer) => OperatingSystem.IsLinux()
        ? new(((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140), *(ulong*)(buffer + 32))
        : new(*(uint*)buffer, *(ulong*)(buffer + 8));
}
