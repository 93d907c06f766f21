using Interlock.Domain.Leasing;

namespace Interlock.App.Pictures;

/// <summary>Places times on a line, and the round times that are written below it.</summary>
internal sealed class TimeAxis(TimeSpan whole, double length)
{
    private static readonly double[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800, 604_800];

    public double Of(TimeSpan time) => whole > TimeSpan.Zero ? time / whole * length : 0;

    /// <param name="most">How many fit without running into each other.</param>
    public IEnumerable<TimeSpan> Marks(int most)
    {
        var step = Steps.FirstOrDefault(step => whole.TotalSeconds / step <= Math.Max(1, most), Steps[^1]);
        for (var at = 0.0; at <= whole.TotalSeconds; at += step)
        {
            yield return TimeSpan.FromSeconds(at);
        }
    }

    /// <summary>A mark's time, as short as it can be said.</summary>
    public static string Label(TimeSpan time) => time == TimeSpan.Zero ? "0"
        : time < TimeSpan.FromMinutes(2) && time.TotalSeconds % 60 != 0 ? $"{time.TotalSeconds:0}s"
        : time < TimeSpan.FromHours(2) && time.TotalMinutes % 60 != 0 ? time.Seconds == 0 ? $"{time.TotalMinutes:0}m" : $"{(int)time.TotalMinutes}m{time.Seconds}s"
        : time < TimeSpan.FromDays(2) ? time.Minutes == 0 ? $"{time.TotalHours:0}h" : $"{(int)time.TotalHours}h{time.Minutes}m"
        : Ages.Text(time);
}
