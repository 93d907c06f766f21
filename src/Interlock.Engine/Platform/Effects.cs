using System.Globalization;

namespace Interlock.Engine.Platform;

/// <summary>
/// Counts everything this process does to the world: each commit of the store, each call of git that writes, each file
/// published, each process started, once before and once after. A test ends or stops the program at any one of them.
/// </summary>
/// <remarks>
/// <c>INTERLOCK_FAILPOINT=effect:7</c> ends the process at the seventh as <c>kill -9</c> would; <c>stop:7</c> stops it there as
/// <c>kill -STOP</c> would, until it is continued. <c>INTERLOCK_EFFECTS</c> names a file that gets one line an effect.
/// </remarks>
internal static class Effects
{
    private static readonly int SignalStop = OperatingSystem.IsMacOS() ? 17 : 19;

    private static readonly Lock Gate = new();
    private static readonly string? Listing = Environment.GetEnvironmentVariable("INTERLOCK_EFFECTS");
    private static readonly long KillAt = Armed("effect:");
    private static readonly long StopAt = Armed("stop:");
    private static readonly bool Counting = KillAt > 0 || StopAt > 0 || Listing is { Length: > 0 };
    private static long passed;

    /// <param name="what">For whoever reads the listing: what is about to be done, or was.</param>
    public static void Pass(string what)
    {
        if (!Counting)
        {
            return;
        }

        // Under the gate, so that nothing else happens beside the effect that a test chose.
        lock (Gate)
        {
            passed++;
            if (Listing is { Length: > 0 })
            {
                File.AppendAllText(Listing, what + "\n");
            }

            if (passed == KillAt)
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }

            if (passed == StopAt && !OperatingSystem.IsWindows())
            {
                _ = Native.Kill(Environment.ProcessId, SignalStop);
            }
        }
    }

    private static long Armed(string kind) =>
        Environment.GetEnvironmentVariable("INTERLOCK_FAILPOINT") is { } text && text.StartsWith(kind, StringComparison.Ordinal)
        && long.TryParse(text.AsSpan(kind.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
