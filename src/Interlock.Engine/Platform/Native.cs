using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>The calls .NET has no face for. Linux and macOS only; callers choose the documented Windows way themselves.</summary>
internal static partial class Native
{
    internal const int NoSuchFile = 2;
    internal const int NoSuchProcess = 3;
    internal const int Interrupted = 4;
    internal const int AccessDenied = 13;
    internal const int OtherDevice = 18;
    internal const int NotAFolder = 20;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int Unlock = 8;
    internal const int SignalInterrupt = 2;
    internal const int SignalTerminate = 15;
    internal const int SignalKill = 9;
    internal const int AtWorkingDirectory = -100;
    internal const int AtEmptyPath = 0x1000;
    internal const int AtNoFollow = 0x100;
    internal const int StatInode = 0x100;
    internal const uint StatType = 0x1;
    internal const uint StatNames = 0x4;
    internal const uint StatBlocks = 0x400;
    internal const uint CloneBlocks = 0x40049409;
    internal const int ReadWrite = 2;
    private const long PidfdOpenCall = 434;
    private const long PidfdSendSignalCall = 424;

    internal static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    internal static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    internal static int NonBlocking => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    internal static int NoFollow => OperatingSystem.IsMacOS()
        ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    // Two arguments only: the mode is variadic, and Apple's arm64 passes variadic arguments where a plain import does not look.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int FileLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Synchronize(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    internal static partial int OwnGroup();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int StatX(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int MacStat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    internal static unsafe partial int MacStatOpen(SafeFileHandle file, byte* buffer);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int MacIntelStat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    internal static unsafe partial int MacIntelStatOpen(SafeFileHandle file, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int MacLinkStat(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int MacIntelLinkStat(string path, byte* buffer);

    // Variadic in C; on Linux such arguments travel like any others.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int InputOutputControl(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "clonefile", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CloneFile(string source, string target, uint flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string source, string target);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CreateHardLink(string target, string source, nint security);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second, long third, long fourth);

    internal static int PidfdOpen(int pid) => (int)SystemCall(PidfdOpenCall, pid, 0, 0, 0);

    internal static int PidfdSendSignal(int pidfd, int signal) => (int)SystemCall(PidfdSendSignalCall, pidfd, signal, 0, 0);
}
