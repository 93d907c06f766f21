using System.Diagnostics;
using Interlock.Engine.Platform;

namespace Interlock.Tests.Platform;

public sealed class FileGates : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-gate-").FullName;

    private string Gate => Path.Combine(folder, "gate.lock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Only_one_is_inside_and_the_next_comes_in_when_it_leaves()
    {
        using (FileGate.Acquire(Gate))
        {
            Assert.Null(FileGate.TryAcquire(Gate));
        }

        using var second = FileGate.TryAcquire(Gate);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_count_kept_inside_the_gate_never_loses_a_step()
    {
        var count = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                using var gate = FileGate.Acquire(Gate);
                var seen = count;
                Thread.Yield();
                count = seen + 1;
            }
        });

        Assert.Equal(400, count);
    }

    [Fact]
    public void Another_process_is_kept_out_and_its_death_frees_the_gate()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock(1)");
        File.WriteAllText(Gate, "");
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", [Gate, "sh", "-c", "echo inside; read x"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("inside", other.StandardOutput.ReadLine());
        Assert.Null(FileGate.TryAcquire(Gate));

        other.Kill(entireProcessTree: true);
        other.WaitForExit();

        using var gate = FileGate.Acquire(Gate);
        Assert.NotNull(gate);
    }

    [Fact]
    public void Our_gate_keeps_another_process_out_and_no_child_inherits_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock(1)");
        var gate = FileGate.Acquire(Gate);
        using var child = Process.Start(new ProcessStartInfo("sleep", ["60"]))!;
        Assert.Equal(1, ExitCodeOf("/usr/bin/flock", "-n", Gate, "true"));
        var open = Directory.GetFiles($"/proc/{child.Id}/fd").Select(f => new FileInfo(f).LinkTarget);
        Assert.DoesNotContain(Gate, open);

        gate.Dispose();

        Assert.Equal(0, ExitCodeOf("/usr/bin/flock", "-n", Gate, "true"));
        child.Kill();
    }

    [Fact]
    public async Task A_gate_whose_file_was_replaced_while_waiting_is_taken_on_the_new_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a waiter is told by /proc/locks");
        var first = FileGate.Acquire(Gate);
        var waiting = Task.Run(() => FileGate.Acquire(Gate));
        while (!File.ReadAllLines("/proc/locks").Any(l => l.Contains("-> FLOCK", StringComparison.Ordinal) && l.Contains($" {Environment.ProcessId} ", StringComparison.Ordinal)))
        {
            await Task.Yield();
        }

        File.Delete(Gate);
        using var newcomer = FileGate.Acquire(Gate);
        first.Dispose();

        var tooEarly = await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken)) == waiting;
        newcomer.Dispose();
        (await waiting).Dispose();
        Assert.False(tooEarly, "two were inside at once");
    }

    [Fact]
    public async Task Waiting_for_a_gate_can_be_cancelled()
    {
        using var gate = FileGate.Acquire(Gate);
        using var stop = new CancellationTokenSource();
        var waiting = FileGate.AcquireAsync(Gate, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static int ExitCodeOf(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
