using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Interlock.Tests.Faults;

/// <summary>A disk of its own in memory, whose size follows what is on it: full at once, and free again at once.</summary>
internal sealed partial class Disk : IDisposable
{
    private const int ExitedOrStopped = 4 | 2;
    private const int LeaveWaitable = 0x01000000;

    private Disk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where nothing can be mounted.</summary>
    public static Disk? TryMount()
    {
        var path = Directory.CreateTempSubdirectory("interlock-disk-").FullName;
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", path))
        {
            return new Disk(path);
        }

        Directory.Delete(path);
        return null;
    }

    /// <summary>From now on only so many bytes more can be written.</summary>
    public void Leave(long bytes)
    {
        // What writes on while the program is stopped, such as an agent, may need more than there was a moment ago.
        var tries = 0;
        while (!TryLeave(bytes))
        {
            Assert.True(++tries < 100, "the disk cannot be made smaller");
        }
    }

    public void Free() => Assert.True(Run("mount", "-o", "remount,size=2g", Path));

    /// <summary>Waits until a child has stopped itself; false when it ended without.</summary>
    public static bool AwaitStop(Process process)
    {
        // Left waitable, or the runtime would never learn of the end.
        Assert.Equal(0, WaitId(1, process.Id, new byte[128], ExitedOrStopped | LeaveWaitable));
        return Interlock.Engine.Platform.ProcessStatus.Read(process.Id) is { State: 'T' };
    }

    public static void Continue(Process process) => _ = Kill(process.Id, 18);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Scenarios.Product.Delete(Path);
    }

    private bool TryLeave(long bytes)
    {
        var drive = new DriveInfo(Path);
        return Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={drive.TotalSize - drive.AvailableFreeSpace + bytes}"), Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int kind, int id, byte[] info, int options);
}
