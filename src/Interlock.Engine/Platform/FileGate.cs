using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>
/// A short exclusive lock between processes, tied to a file. The kernel frees it when its holder dies.
/// Unix: <c>flock</c>. Windows: the file open without sharing, polled.
/// </summary>
public sealed class FileGate : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly SafeFileHandle file;

    private FileGate(SafeFileHandle file) => this.file = file;

    /// <summary>Waits until the gate is free, without a limit.</summary>
    public static FileGate Acquire(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Take(path, wait: true)!;
        }

        while (true)
        {
            if (TakeOnWindows(path) is { } gate)
            {
                return gate;
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Null when someone else is inside.</summary>
    public static FileGate? TryAcquire(string path) =>
        OperatingSystem.IsWindows() ? TakeOnWindows(path) : Take(path, wait: false);

    /// <summary>Waits without holding a thread; for gates that are held for longer than a few milliseconds.</summary>
    public static async Task<FileGate> AcquireAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            if (TryAcquire(path) is { } gate)
            {
                return gate;
            }

            await Task.Delay(Pause, cancellation);
        }
    }

    public void Dispose()
    {
        // Closing alone is not enough: a child between fork and exec still shares the open file, and with it the lock.
        if (!file.IsClosed && !OperatingSystem.IsWindows())
        {
            _ = Native.FileLock(file, Native.Unlock);
        }

        file.Dispose();
    }

    private static FileGate? Take(string path, bool wait)
    {
        while (true)
        {
            var file = Open(path);
            if (!TryLock(file, wait))
            {
                file.Dispose();
                return null;
            }

            // Whoever deletes and recreates the file splits the lock in two; only the file the name means now counts.
            if (FileIdentity.Of(file) is { } mine && mine == FileIdentity.Of(path))
            {
                return new FileGate(file);
            }

            file.Dispose();
        }
    }

    private static SafeFileHandle Open(string path)
    {
        while (true)
        {
            var descriptor = Native.Open(path, Native.ReadWrite | Native.CloseOnExec | Native.NoFollow);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Native.NoSuchFile)
            {
                Create(path);
            }
            else if (error != Native.Interrupted)
            {
                throw new IOException($"cannot open the lock file '{path}': {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it first; the caller opens that one.
        }
    }

    private static bool TryLock(SafeFileHandle file, bool wait)
    {
        while (Native.FileLock(file, wait ? Native.LockExclusive : Native.LockExclusive | Native.LockNonBlocking) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Native.WouldBlock)
            {
                return false;
            }

            if (error != Native.Interrupted)
            {
                file.Dispose();
                throw new IOException($"cannot lock: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        return true;
    }

    private static FileGate? TakeOnWindows(string path)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        try
        {
            return new FileGate(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == SharingViolation)
        {
            return null;
        }
    }
}
