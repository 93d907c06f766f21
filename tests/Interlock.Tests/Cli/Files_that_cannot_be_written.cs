using System.Diagnostics;

namespace Interlock.Tests.Cli;

/// <summary>What is done stays done, and the exit code says so, when only the files that show it cannot be written.</summary>
public sealed class Files_that_cannot_be_written : IDisposable
{
    private readonly Cli cli = Cli.Assigned();

    public void Dispose()
    {
        Run("umount", "-l", Path.Combine(cli.Root, ".lock"));
        cli.Dispose();
    }

    [Fact]
    public void A_claim_whose_lock_file_cannot_be_written_is_a_claim_with_a_warning()
    {
        ReadOnlyLocks();

        var claimed = cli.Run("claim", "2.5.1", "--agent", "dev-1").Expect(0);

        Assert.Contains("WARNING: the status files in", claimed.Error, StringComparison.Ordinal);
        Assert.Contains("the state itself is safe", claimed.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("the status files in", cli.Run("status").Expect(3).Error, StringComparison.Ordinal);
        Assert.True(Run("umount", Path.Combine(cli.Root, ".lock")));
        cli.Run("renew", "2.5.1", "--agent", "dev-1").Expect(0);
        Assert.True(cli.Has(".lock/2.5.1.lock"));
    }

    [Fact]
    public void A_refusal_stays_a_refusal()
    {
        cli.Run("claim", "2.5.5", "--agent", "dev-1").Expect(0);
        ReadOnlyLocks();

        Assert.Equal(1, cli.Run("claim", "2.5.2", "--agent", "dev-2").ExitCode);
    }

    private void ReadOnlyLocks()
    {
        var locks = Path.Combine(cli.Root, ".lock");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "--bind", locks, locks) && Run("mount", "-o", "remount,bind,ro", locks), "cannot mount here");
    }

    private static bool Run(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
