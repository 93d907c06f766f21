using System.Diagnostics;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Platform;

public sealed class AtomicFiles : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-file-").FullName;

    private string Target => Path.Combine(folder, "target.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_new_content_is_there_and_nothing_else()
    {
        AtomicFile.Write(Target, "first"u8);
        AtomicFile.Write(Target, "2"u8);

        Assert.Equal("2", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_reader_never_sees_half_a_file()
    {
        byte[][] contents = [[.. Enumerable.Repeat((byte)'a', 200_000)], [.. Enumerable.Repeat((byte)'b', 100_000)]];
        AtomicFile.Write(Target, contents[0]);
        using var done = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < 40; i++)
            {
                AtomicFile.Write(Target, contents[i % 2]);
            }

            done.Cancel();
        });

        while (!done.IsCancellationRequested)
        {
            var seen = File.ReadAllBytes(Target);
            Assert.True(seen.AsSpan().SequenceEqual(contents[0]) || seen.AsSpan().SequenceEqual(contents[1]), $"{seen.Length} bytes");
        }

        Assert.True(writer.IsCompleted || done.IsCancellationRequested);
    }

    [Fact]
    public void The_files_permissions_stay()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("no Unix modes");
            return;
        }

        File.WriteAllText(Target, "secret");
        File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        AtomicFile.Write(Target, "new"u8);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_no_temporary_one()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "in the way"), "x");

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(Target, "new"u8));

        Assert.Equal([Target], Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_temporary_one()
    {
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk), "cannot mount a small tmpfs here");
        try
        {
            var file = Path.Combine(disk, "state.json");
            AtomicFile.Write(file, "old"u8);

            Assert.ThrowsAny<IOException>(() => AtomicFile.Write(file, new byte[1 << 20]));

            Assert.Equal("old", File.ReadAllText(file));
            Assert.Equal([file], Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
