using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Interlock.Engine.Platform;

/// <summary>
/// Windows: a job holds a program and everything it starts from then on, wherever that moves itself, and ends all of it: when
/// told to, and when this process is gone, however that came. A child that was started before the program got into its
/// job is not in it; for that one the tree of parents and children is left.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsJob : IDisposable
{
    private const int ExtendedLimits = 9;
    private const int FlagsAt = 16;
    private const uint KillOnClose = 0x2000;

    private readonly SafeFileHandle job;

    private WindowsJob(SafeFileHandle job) => this.job = job;

    // Two times, flags, sizes and counters, then four sizes: only those are narrower where pointers are.
    private static int LimitsLength => IntPtr.Size == 8 ? 144 : 112;

    /// <summary>Null where there can be none, as for a program that has ended already.</summary>
    public static WindowsJob? Of(Process process)
    {
        var job = Create(0, 0);
        if (job.IsInvalid)
        {
            job.Dispose();
            return null;
        }

        var limits = new byte[LimitsLength];
        BinaryPrimitives.WriteUInt32LittleEndian(limits.AsSpan(FlagsAt), KillOnClose);
        try
        {
            if (Limit(job, ExtendedLimits, limits, limits.Length) && Assign(job, process.SafeHandle))
            {
                return new WindowsJob(job);
            }
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        job.Dispose();
        return null;
    }

    /// <summary>Ends everything in it.</summary>
    public void End() => _ = Terminate(job, 1);

    public void Dispose() => job.Dispose();

    [LibraryImport("kernel32", EntryPoint = "CreateJobObjectW", SetLastError = true)]
    private static partial SafeFileHandle Create(nint attributes, nint name);

    [LibraryImport("kernel32", EntryPoint = "SetInformationJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Limit(SafeFileHandle job, int kind, byte[] limits, int length);

    [LibraryImport("kernel32", EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Assign(SafeFileHandle job, SafeProcessHandle process);

    [LibraryImport("kernel32", EntryPoint = "TerminateJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Terminate(SafeFileHandle job, uint exitCode);
}
