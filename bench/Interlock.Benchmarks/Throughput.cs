using System.Globalization;
using System.Text;

namespace Interlock.Benchmarks;

/// <summary>Writes the page of figures about the merge queue.</summary>
internal static class Throughput
{
    public const int Changes = 2000;
    public const int Seeds = 20;
    public const int Waiting = 40;
    private static readonly double[] Shares = [0, 0.02, 0.05, 0.1, 0.2];

    public static double Mean(double share, Func<bool[], PolicyResult> policy) =>
        Enumerable.Range(1, Seeds).Average(seed => policy(Policies.Changes(Changes, share, seed)).RunsPerLanded);

    public static async Task<string> PageAsync(int real, CancellationToken cancellation)
    {
        var page = new StringBuilder();
        page.AppendLine("# Merge queue: check runs for each landed change").AppendLine();
        Line(page, $"Made by `dotnet run -c Release --project bench/Interlock.Benchmarks -- merge-queue`. {Changes} changes, mean of {Seeds} seeds, {Waiting} changes");
        Line(page, $"waiting at any time. One run of the checks takes a minute of virtual time; a red batch is run twice before it is called red, and that counts.");
        page.AppendLine().AppendLine("| bad | this queue | all waiting at once | one at a time | batches of 4, halved | batches of 16, halved |").AppendLine("|---|---|---|---|---|---|");
        foreach (var share in Shares)
        {
            Line(page, $"| {share:P0} | {Mean(share, bad => Policies.Queue(bad, Waiting)):F2} | {Mean(share, bad => Policies.Queue(bad, Changes)):F2} | {Mean(share, bad => Policies.Fixed(bad, 1)):F2} | {Mean(share, bad => Policies.Fixed(bad, 4)):F2} | {Mean(share, bad => Policies.Fixed(bad, 16)):F2} |");
        }

        page.AppendLine().AppendLine("The first 60 batches at 5 % bad, seed 1, by size:").AppendLine().AppendLine("```");
        var trace = Policies.Queue(Policies.Changes(Changes, 0.05, 1), Waiting).Windows;
        page.AppendLine(string.Join(' ', trace.Take(60))).AppendLine("```").AppendLine();
        await AppendRealAsync(page, real, cancellation);
        return page.ToString();
    }

    private static async Task AppendRealAsync(StringBuilder page, int count, CancellationToken cancellation)
    {
        var bad = Policies.Changes(count, 0.05, 1);
        var run = await QueueRun.PlayAsync(bad, Waiting, cancellation);
        var played = Policies.Queue(bad, Waiting);
        Line(page, $"The real queue with real git and a real store, {count} changes at 5 % bad, seed 1: {run.Policy.Landed} landed, {run.Policy.Returned} went back,");
        Line(page, $"{run.Policy.Runs} check runs ({run.Policy.RunsPerLanded:F2} for each landed change; the rules alone, played on the same changes: {played.Runs}).");
        Line(page, $"It spent {run.Wall.TotalMilliseconds / run.Policy.Windows.Count:F0} ms on each batch and {run.Wall.TotalMilliseconds / run.Policy.Landed:F0} ms on each landed change beside the checks, on a shared machine with two cores.");
    }

    private static void Line(StringBuilder page, FormattableString text) => page.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
