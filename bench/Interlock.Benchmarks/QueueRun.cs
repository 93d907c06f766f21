using System.Diagnostics;
using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Engine.Merging;
using Interlock.Engine.Verification;

namespace Interlock.Benchmarks;

/// <param name="Wall">Time the queue itself took; the checks take none.</param>
internal sealed record QueueRunResult(PolicyResult Policy, TimeSpan Wall);

/// <summary>The real queue on a real repository with the changes that <see cref="Policies"/> plays: each writes one file.</summary>
internal static class QueueRun
{
    private const int Modules = 5;

    public static async Task<QueueRunResult> PlayAsync(bool[] bad, int waiting, CancellationToken cancellation)
    {
        CountingChecks? checks = null;
        using var ground = new QueueGround(
            objects => FileTree.Empty.With("start.txt", new FileEntry(FileEntry.Plain, objects.WriteBlob("start\n"))),
            owner => checks ??= new CountingChecks(owner), QueueSettings.Default);
        await ground.Queue.LookAsync(QueueGround.Target, cancellation);
        var watch = new Stopwatch();
        var windows = new List<int>();
        for (var next = 0; ;)
        {
            for (; next < bad.Length && next - Decided(ground) < waiting; next++)
            {
                Submit(ground, next, bad[next]);
            }

            if (!ground.Queue.HasWork)
            {
                break;
            }

            checks!.BatchSize = 0;
            watch.Start();
            await ground.Queue.LandNextAsync(cancellation);
            watch.Stop();
            windows.Add(checks.BatchSize);
        }

        var landed = ground.News.Count(news => news.Kind == "landed");
        return new QueueRunResult(new PolicyResult(checks!.Runs, landed, Decided(ground) - landed, windows), watch.Elapsed);
    }

    private static int Decided(QueueGround ground) => ground.News.Count(news => news.Kind is "landed" or "returned" or "dead");

    private static void Submit(QueueGround ground, int number, bool bad)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"c{number}");
        ground.Add(QueueGround.NewTask(id, string.Create(CultureInfo.InvariantCulture, $"m{number % Modules}")));
        var tip = ground.Tip!;
        var file = new FileEntry(FileEntry.Plain, ground.Objects.WriteBlob($"{id}\n"));
        var work = ground.Objects.TreeOf(tip).With($"{(bad ? "bad" : "good")}/{id}.txt", file);
        ground.Submit(new TaskId(id), tip, ground.Objects.WriteCommit(work, [tip], id));
    }

    /// <summary>Red with any file below <c>bad/</c>; counts what a real run of the checks would cost.</summary>
    private sealed class CountingChecks(QueueGround ground) : IVerifier
    {
        public int Runs { get; private set; }

        /// <summary>Changes in the first commit that was verified since this was set to 0.</summary>
        public int BatchSize { get; set; }

        public Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true)
        {
            var red = ground.Objects.TreeOf(commit).Files.Keys.Any(path => path.StartsWith("bad/", StringComparison.Ordinal));
            var cost = red && secondLook && !label.StartsWith("base-", StringComparison.Ordinal) ? 2 : 1;
            Runs += cost;
            BatchSize = BatchSize > 0 ? BatchSize : ground.Objects.FirstParents(commit).TakeWhile(at => at != ground.Tip).Count();
            return Task.FromResult(new Verdict(!red, red ? "red" : null, red ? "red.log" : null, FromCache: false, cost, []));
        }
    }
}
