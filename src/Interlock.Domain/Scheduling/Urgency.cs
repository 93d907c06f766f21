using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// How much time must pass from the start of each task to the end of the work, as far as it can be told without planning: the
/// longest chain of dependent tasks that begins with it, or the work that goes one after the other through one of its files,
/// wherever on the chain that is. In linear time.
/// </summary>
internal sealed class Urgency
{
    private readonly IReadOnlyList<WorkTask> tasks;
    private readonly long[] takes;
    private readonly int[] order;
    private readonly int[] firstEdge;
    private readonly int[] dependants;

    private Urgency(Snapshot snapshot, Func<WorkTask, TimeSpan> effort)
    {
        tasks = snapshot.Tasks;
        takes = new long[tasks.Count];
        for (var task = 0; task < takes.Length; task++)
        {
            takes[task] = tasks[task] is { IsFinished: false, IsWhole: false } open ? Math.Max(0, effort(open).Ticks) : 0;
        }

        var (from, to) = Edges(snapshot);
        (firstEdge, dependants) = Grouped(from, to);
        order = Order(to);
        Path = Longest(_ => 0);
        Of = Longest(SerialWork(snapshot));
    }

    /// <summary>By place in the snapshot, in ticks.</summary>
    public long[] Of { get; }

    /// <summary>The same without regard to files.</summary>
    public long[] Path { get; }

    public static Urgency In(Snapshot snapshot, Func<WorkTask, TimeSpan> effort) => new(snapshot, effort);

    private (List<int> From, List<int> To) Edges(Snapshot snapshot)
    {
        var (from, to) = (new List<int>(tasks.Count), new List<int>(tasks.Count));
        for (var task = 0; task < tasks.Count; task++)
        {
            if (tasks[task].IsFinished)
            {
                continue;
            }

            foreach (var id in tasks[task].Dependencies)
            {
                if (snapshot.PlaceOf(id) is var on and >= 0 && !tasks[on].IsFinished)
                {
                    from.Add(on);
                    to.Add(task);
                }
            }
        }

        return (from, to);
    }

    private (int[] First, int[] Targets) Grouped(List<int> from, List<int> to)
    {
        var first = new int[tasks.Count + 1];
        foreach (var task in from)
        {
            first[task + 1]++;
        }

        for (var task = 0; task < tasks.Count; task++)
        {
            first[task + 1] += first[task];
        }

        var (next, targets) = (first.AsSpan(0, tasks.Count).ToArray(), new int[to.Count]);
        for (var edge = 0; edge < to.Count; edge++)
        {
            targets[next[from[edge]]++] = to[edge];
        }

        return (first, targets);
    }

    // What is on a circle, or behind one, never starts and makes nothing urgent.
    private int[] Order(List<int> to)
    {
        var open = new int[tasks.Count];
        foreach (var task in to)
        {
            open[task]++;
        }

        var found = new int[tasks.Count];
        var count = 0;
        for (var task = 0; task < open.Length; task++)
        {
            if (open[task] == 0)
            {
                found[count++] = task;
            }
        }

        for (var next = 0; next < count; next++)
        {
            for (var edge = firstEdge[found[next]]; edge < firstEdge[found[next] + 1]; edge++)
            {
                if (--open[dependants[edge]] == 0)
                {
                    found[count++] = dependants[edge];
                }
            }
        }

        return found.AsSpan(0, count).ToArray();
    }

    private long[] Longest(Func<int, long> atLeast)
    {
        var longest = new long[tasks.Count];
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var (task, after) = (order[i], 0L);
            for (var edge = firstEdge[task]; edge < firstEdge[task + 1]; edge++)
            {
                after = Math.Max(after, longest[dependants[edge]]);
            }

            longest[task] = Math.Max(takes[task] + after, atLeast(task));
        }

        return longest;
    }

    // Patterns that are spelled alike are enough here: this only orders, it never decides whether two tasks may run together.
    private Func<int, long> SerialWork(Snapshot snapshot)
    {
        var hot = snapshot.Limits.Hot.Patterns.Select(pattern => pattern.Text).ToHashSet(StringComparer.Ordinal);
        var work = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var task = 0; task < tasks.Count; task++)
        {
            for (var file = 0; takes[task] > 0 && file < tasks[task].Files.Count; file++)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(work, tasks[task].Files[file], out _) += takes[task];
            }
        }

        return task =>
        {
            var most = 0L;
            for (var file = 0; takes[task] > 0 && file < tasks[task].Files.Count; file++)
            {
                most = hot.Contains(tasks[task].Files[file]) ? most : Math.Max(most, work[tasks[task].Files[file]]);
            }

            return most;
        };
    }
}
