using Interlock.Domain.Plans;

namespace Interlock.Domain.Simulation;

/// <summary>
/// The longest of many times that no schedule can beat: the critical path, and for the agents, each module, each epic, each group of
/// tasks that share files and the landing: what must come before, plus the work through it, plus what must follow.
/// </summary>
public static class LowerBound
{
    // More thresholds than this make a bound hardly better and a plan of thousands of tasks slow.
    private const int MostThresholds = 400;

    public static Bound Of(Workload workload)
    {
        var model = WorkModel.Of(workload);
        return model.Count == 0 || Resource.AgentsOf(workload) < 1 ? Bound.None : Of(model, Resource.Of(workload, model), workload);
    }

    private static Bound Of(WorkModel model, IReadOnlyList<Resource> resources, Workload workload)
    {
        var times = new HeadsAndTails(model, resources);
        var best = Path(model, times);
        foreach (var resource in resources)
        {
            best = Longer(best, Through(model, times, resource));
        }

        return workload.Landing > TimeSpan.Zero ? Longer(best, Landing(model, times, workload)) : best;
    }

    // Of two that are equally long the simpler one explains more.
    private static Bound Longer(Bound first, Bound? second) => second is not null && second.Value > first.Value ? second : first;

    private static Bound Path(WorkModel model, HeadsAndTails times)
    {
        var longest = 0;
        for (var task = 1; task < model.Count; task++)
        {
            longest = Length(task) > Length(longest) ? task : longest;
        }

        var because = times.HeadBecause[longest] ?? times.TailBecause[longest];
        return because is null
            ? new Bound(TimeSpan.FromTicks(Length(longest)), BoundKind.CriticalPath, "", [.. Walk(model, times, longest).Select(task => model.Tasks[task].Id)])
            : new Bound(TimeSpan.FromTicks(Length(longest)), because.Kind, because.Name, Ids(model, because.Tasks));

        long Length(int task) => times.Heads[task] + model.Slot[task] + times.Tails[task];
    }

    private static List<int> Walk(WorkModel model, HeadsAndTails times, int from)
    {
        var path = new List<int> { from };
        while (Previous(path[0]) is { } previous)
        {
            path.Insert(0, previous);
        }

        while (Next(path[^1]) is { } next)
        {
            path.Add(next);
        }

        return path;

        int? Previous(int task) => model.Before[task].Select(other => (int?)other)
            .FirstOrDefault(other => times.Heads[other!.Value] + model.Slot[other.Value] + model.Lag[other.Value] == times.Heads[task]);
        int? Next(int task) => model.After[task].Select(other => (int?)other)
            .FirstOrDefault(other => model.Lag[task] + model.Slot[other!.Value] + times.Tails[other.Value] == times.Tails[task]);
    }

    // For every pair of a head and a tail: the tasks that start no earlier and are followed by no less have to pass in between.
    private static Bound? Through(WorkModel model, HeadsAndTails times, Resource resource)
    {
        var byTail = resource.Tasks.OrderByDescending(Tail).ThenBy(task => task).ToArray();
        var (most, with) = (0L, (Head: 0L, Tail: 0L));
        foreach (var head in Thresholds(resource.Tasks.Select(task => times.Heads[task])))
        {
            var work = 0L;
            var window = new TopWork(resource.Capacity);
            foreach (var task in byTail.Where(task => times.Heads[task] >= head))
            {
                var takes = resource.Takes(model, task);
                work += takes;
                var time = Grains.Up(head + Math.Max(Grains.Divide(work, resource.Capacity), window.Add(takes)) + Tail(task), model.Grain);
                (most, with) = time > most ? (time, (head, Tail(task))) : (most, with);
            }
        }

        return new Bound(
            TimeSpan.FromTicks(most), resource.Kind, resource.Name,
            Ids(model, [.. resource.Tasks.Where(task => times.Heads[task] >= with.Head && Tail(task) >= with.Tail)]));

        long Tail(int task) => times.Tails[task] - (resource.Guarded ? model.Lag[task] : 0);
    }

    private static Bound Landing(WorkModel model, HeadsAndTails times, Workload workload)
    {
        // With batches verified beside each other, two pass in the time of one.
        var (landing, together) = (workload.Landing.Ticks, Math.Max(1, workload.LandTogether) * (workload.LandAhead ? 2 : 1));
        var byTail = Enumerable.Range(0, model.Count).Where(task => model.Lag[task] > 0).OrderByDescending(task => times.Tails[task]).ToArray();
        var most = 0L;
        foreach (var start in Thresholds(byTail.Select(task => times.Heads[task] + model.Slot[task])))
        {
            var count = 0;
            foreach (var task in byTail.Where(task => times.Heads[task] + model.Slot[task] >= start))
            {
                var batches = (count++ / together) + 1;
                most = Math.Max(most, start + (batches * landing) + times.Tails[task] - landing);
            }
        }

        return new Bound(TimeSpan.FromTicks(most), BoundKind.Landing, "", Ids(model, byTail));
    }

    private static List<long> Thresholds(IEnumerable<long> times)
    {
        var distinct = times.Distinct().Order().ToList();
        return distinct.Count <= MostThresholds ? distinct : [.. Enumerable.Range(0, MostThresholds).Select(i => distinct[(int)((long)i * distinct.Count / MostThresholds)])];
    }

    private static TaskId[] Ids(WorkModel model, int[] tasks) => [.. tasks.Order().Select(task => model.Tasks[task].Id)];
}

/// <summary>Of the longest k·capacity + 1 tasks, some k + 1 must go one after the other: at least the shortest of them.</summary>
internal sealed class TopWork(int capacity)
{
    private const int Most = 200;
    private readonly List<long> longest = [];

    /// <summary>The least time the tasks so far need.</summary>
    public long Add(long takes)
    {
        if (longest.Count >= Most)
        {
            return 0;
        }

        var place = longest.BinarySearch(takes, Comparer<long>.Create((left, right) => right.CompareTo(left)));
        longest.Insert(place < 0 ? ~place : place, takes);
        var most = longest[0];
        for (var k = 1; (k * capacity) < longest.Count; k++)
        {
            var time = 0L;
            for (var i = 0; i <= k; i++)
            {
                time += longest[(k * capacity) - i];
            }

            most = Math.Max(most, time);
        }

        return most;
    }
}
