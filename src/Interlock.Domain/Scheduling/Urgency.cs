using System.Runtime.InteropServices;

namespace Interlock.Domain.Scheduling;

/// <summary>
/// How much time must pass from the start of each task to the end of the work, as far as it can be told without planning: the
/// longest chain of dependent tasks that begins with it, or the work that goes one after the other through one of its files,
/// wherever on the chain that is. In linear time.
/// </summary>
internal sealed class Urgency
{
    private readonly WorkTask[] tasks;
    private readonly long[] takes;
    private readonly int[] order;
    private readonly int[] firstEdge;
    private readonly int[] dependants;

    private Urgency(Snapshot snapshot, Links links, Func<WorkTask, TimeSpan> effort)
    {
        tasks = [.. snapshot.Tasks];
        takes = new long[tasks.Length];
        for (var task = 0; task < takes.Length; task++)
        {
            takes[task] = tasks[task] is { IsFinished: false, IsWhole: false } open ? Math.Max(0, effort(open).Ticks) : 0;
        }

        (firstEdge, dependants) = Grouped(links.From, links.To);
        order = Order(links.To);
        Path = Longest(new long[tasks.Length]);
        Of = Longest(SerialWork(snapshot.Limits));
    }

    /// <summary>By place in the snapshot, in ticks.</summary>
    public long[] Of { get; }

    /// <summary>The same without regard to files.</summary>
    public long[] Path { get; }

    public static Urgency In(Snapshot snapshot, Links links, Func<WorkTask, TimeSpan> effort) => new(snapshot, links, effort);

    private (int[] First, int[] Targets) Grouped(List<int> from, List<int> to)
    {
        var first = new int[tasks.Length + 1];
        foreach (var task in from)
        {
            first[task + 1]++;
        }

        for (var task = 0; task < tasks.Length; task++)
        {
            first[task + 1] += first[task];
        }

        var (next, targets) = (first.AsSpan(0, tasks.Length).ToArray(), new int[to.Count]);
        for (var edge = 0; edge < to.Count; edge++)
        {
            targets[next[from[edge]]++] = to[edge];
        }

        return (first, targets);
    }

    // What is on a circle, or behind one, never starts and makes nothing urgent.
    private int[] Order(List<int> to)
    {
        var open = new int[tasks.Length];
        foreach (var task in to)
        {
            open[task]++;
        }

        var found = new int[tasks.Length];
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

    private long[] Longest(long[] atLeast)
    {
        var longest = new long[tasks.Length];
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var (task, after) = (order[i], 0L);
            for (var edge = firstEdge[task]; edge < firstEdge[task + 1]; edge++)
            {
                after = Math.Max(after, longest[dependants[edge]]);
            }

            longest[task] = Math.Max(takes[task] + after, atLeast[task]);
        }

        return longest;
    }

    // The most work that goes through one file of each task. Patterns that are spelled alike are enough here: this only orders,
    // it never decides whether two tasks may run together.
    private long[] SerialWork(Limits limits)
    {
        var (firstFile, count) = (new int[tasks.Length + 1], 0);
        for (var task = 0; task < tasks.Length; task++)
        {
            count += takes[task] > 0 ? tasks[task].Files.Count : 0;
            firstFile[task + 1] = count;
        }

        var numbers = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var (numbered, work) = (new int[count], new long[count]);
        for (var task = 0; task < tasks.Length; task++)
        {
            for (var file = firstFile[task]; file < firstFile[task + 1]; file++)
            {
                ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, tasks[task].Files[file - firstFile[task]], out var known);
                number = known ? number : numbers.Count - 1;
                numbered[file] = number;
                work[number] += takes[task];
            }
        }

        foreach (var hot in limits.Hot.Patterns)
        {
            if (numbers.TryGetValue(hot.Text, out var number))
            {
                work[number] = 0;
            }
        }

        var most = new long[tasks.Length];
        for (var task = 0; task < tasks.Length; task++)
        {
            for (var file = firstFile[task]; file < firstFile[task + 1]; file++)
            {
                most[task] = Math.Max(most[task], work[numbered[file]]);
            }
        }

        return most;
    }
}
