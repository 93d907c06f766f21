using Interlock.Domain.Merging;
using Interlock.Domain.Plans;

namespace Interlock.Benchmarks;

/// <summary>What one policy made of a row of changes.</summary>
/// <param name="Windows">How many changes each batch had, in order.</param>
internal sealed record PolicyResult(int Runs, int Landed, int Returned, IReadOnlyList<int> Windows)
{
    public double RunsPerLanded => Landed == 0 ? 0 : Runs / (double)Landed;
}

/// <summary>
/// Plays merge policies over the same changes in virtual time: every run of the checks takes a minute, a red batch is run a
/// second time before it is called red, and changes are handed in as fast as the queue takes them.
/// </summary>
internal static class Policies
{
    private const int Modules = 5;
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The same changes for everybody: true is a bad one.</summary>
    public static bool[] Changes(int count, double badShare, int seed)
    {
        var chance = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => chance.NextDouble() < badShare)];
    }

    /// <summary>The queue's own rules: which are taken, how many, and how a culprit is found.</summary>
    /// <param name="waiting">How many changes wait at any time, as long as there are enough.</param>
    public static PolicyResult Queue(bool[] bad, int waiting, int most = MergeWindow.DefaultMost)
    {
        var play = new QueuePlay(bad, most);
        while (play.Refill(waiting))
        {
            play.TakeBatch();
        }

        return play.Result;
    }

    /// <summary>Batches of one size; a red one is cut into halves, each verified on what landed before it. Size 1 is one at a time.</summary>
    public static PolicyResult Fixed(bool[] bad, int size)
    {
        var (runs, landed, returned) = (0, 0, 0);
        var windows = new List<int>();
        foreach (var batch in bad.Chunk(size))
        {
            windows.Add(batch.Length);
            Verify(batch, first: true);
        }

        return new PolicyResult(runs, landed, returned, windows);

        void Verify(bool[] batch, bool first)
        {
            var red = batch.Contains(true);
            runs += red && (first || batch.Length == 1) ? 2 : 1;
            if (!red)
            {
                landed += batch.Length;
            }
            else if (batch.Length == 1)
            {
                returned++;
            }
            else
            {
                Verify(batch[..(batch.Length / 2)], first: false);
                Verify(batch[(batch.Length / 2)..], first: false);
            }
        }
    }

    private sealed class QueuePlay(bool[] bad, int most)
    {
        private readonly List<QueuedChange> queue = [];
        private readonly List<int> windows = [];
        private MergeWindow window = MergeWindow.Start;
        private bool isBaseKnown;
        private DateTimeOffset now = Start;
        private int next;
        private int runs;
        private int landed;
        private int returned;

        public PolicyResult Result => new(runs, landed, returned, windows);

        /// <summary>False when no change is left.</summary>
        public bool Refill(int waiting)
        {
            for (; queue.Count < waiting && next < bad.Length; next++)
            {
                queue.Add(new QueuedChange(new TaskId($"c{next}"), next + 1, QueueGround.Target, LandingKind.Work, 1, $"m{next % Modules}", now));
            }

            return queue.Count > 0;
        }

        public void TakeBatch()
        {
            var batch = MergeOrder.Pick(queue, window.Effective(most), now, MergeOrder.DefaultMaxAge);
            windows.Add(batch.Count);
            if (IsGreen(batch, batch.Count))
            {
                Land(batch);
                window = window.AfterGreen(batch.Count, most);
                return;
            }

            Spend();
            FindCulprit(batch);
        }

        private void FindCulprit(IReadOnlyList<QueuedChange> batch)
        {
            var search = CulpritSearch.Of(batch.Count);
            while (!search.IsFound)
            {
                search = IsGreen(batch, search.Probe) ? search.AfterGreen(search.Probe) : search.AfterRed(search.Probe);
            }

            Land([.. batch.Take(search.Green)]);
            if (!isBaseKnown)
            {
                Spend();
                isBaseKnown = true;
            }

            queue.Remove(batch[search.Red - 1]);
            returned++;
            window = window.AfterRed(search.Green);
        }

        private bool IsGreen(IReadOnlyList<QueuedChange> batch, int tip)
        {
            Spend();
            return !batch.Take(tip).Any(change => bad[change.Fence - 1]);
        }

        private void Land(IReadOnlyList<QueuedChange> changes)
        {
            landed += changes.Count;
            isBaseKnown |= changes.Count > 0;
            queue.RemoveAll(changes.Contains);
        }

        private void Spend()
        {
            runs++;
            now += Run;
        }
    }
}
