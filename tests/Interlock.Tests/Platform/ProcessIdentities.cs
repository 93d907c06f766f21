using System.Diagnostics;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Platform;

public sealed class ProcessIdentities
{
    [Fact]
    public void This_process_is_alive()
    {
        Assert.Equal(Liveness.Alive, ProcessIdentity.Current.Probe());
        Assert.Equal(ProcessIdentity.Current, ProcessIdentity.Of(Environment.ProcessId));
    }

    [Fact]
    public void A_pid_that_was_given_out_again_is_dead() =>
        Assert.Equal(Liveness.Dead, (ProcessIdentity.Current with { StartTicks = ProcessIdentity.Current.StartTicks - 1 }).Probe());

    [Fact]
    public void A_process_of_another_boot_is_dead_and_one_of_another_host_is_unknown()
    {
        Assert.Equal(Liveness.Dead, (ProcessIdentity.Current with { BootId = "another" }).Probe());
        Assert.Equal(Liveness.Unknown, (ProcessIdentity.Current with { Host = "another" }).Probe());
        Assert.Equal(Liveness.Unknown, (ProcessIdentity.Current with { Host = "another", BootId = "another" }).Probe());
    }

    [Fact]
    public void A_process_is_dead_once_it_ended()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", ["60"]))!;
        var identity = ProcessIdentity.Of(process.Id)!;
        Assert.Equal(Liveness.Alive, identity.Probe());

        process.Kill();
        process.WaitForExit();

        Assert.Equal(Liveness.Dead, identity.Probe());
        Assert.Null(ProcessIdentity.Of(process.Id));
    }

    [Fact]
    public void A_zombie_is_dead()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");

        // Descriptor 3, because a shell gives its background jobs an empty standard input. exec keeps the child and replaces the shell by a program that never waits for it.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "exec 3<&0; sh -c 'echo $$; read x <&3' & exec sleep 60"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var child = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        var identity = ProcessIdentity.Of(child)!;
        parent.StandardInput.Close();
        while (ProcessStatus.Read(child) is { IsGone: false })
        {
            Thread.Yield();
        }

        Assert.True(Directory.Exists($"/proc/{child}"));
        Assert.Equal(Liveness.Dead, identity.Probe());
        parent.Kill();
    }

    [Fact]
    public void A_name_with_brackets_and_spaces_does_not_shift_the_fields()
    {
        const string Stat = "42 (a) b) R 9 (x) S 7 42 43 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 100 200";

        Assert.Equal(new ProcessStatus(42, 'S', 7, 42, 43, 987654, 5 + 6 + 7 + 8), ProcessStatus.Parse(Stat, 42));
    }
}
