using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Simulation;

/// <summary>The open tasks of a workload that can be done at all, by number: what bounds are computed on.</summary>
internal sealed class WorkModel
{
    private WorkModel(Workload workload, List<WorkTask> tasks)
    {
        Tasks = tasks;
        Slot = [.. tasks.Select(task => workload.SlotTime(task).Ticks)];
        Lag = [.. tasks.Select(task => task.IsWhole ? 0 : workload.Landing.Ticks)];
        Cold = [.. tasks.Select(task => task.IsWhole ? FileSet.Empty : FileSet.Parse(task.Files).Without(workload.Limits.Hot, workload.IgnoreCase))];
        (Before, After) = Edges(tasks);
        Order = TopologicalOrder();
        Conflicts = Overlaps.Of(Cold, workload.IgnoreCase);
        Grain = Slot.Concat(Lag).Aggregate(0L, Gcd);
    }

    /// <summary>In natural order of their ids.</summary>
    public IReadOnlyList<WorkTask> Tasks { get; }

    public int Count => Tasks.Count;

    /// <summary>Ticks a task keeps its agent.</summary>
    public long[] Slot { get; }

    /// <summary>Ticks from handing in to the branch, without waiting for others to land.</summary>
    public long[] Lag { get; }

    /// <summary>Files of which only one task at a time may have any.</summary>
    public FileSet[] Cold { get; }

    public int[][] Before { get; }
    public int[][] After { get; }

    /// <summary>Every task after those it waits for.</summary>
    public int[] Order { get; }

    /// <summary>For each task those that share files with it.</summary>
    public int[][] Conflicts { get; }

    /// <summary>Everything starts and ends at a multiple of this many ticks; 0 when nothing takes any time.</summary>
    public long Grain { get; }

    public static WorkModel Of(Workload workload)
    {
        var all = workload.Tasks.ToDictionary(task => task.Id);
        var done = workload.Tasks.Where(task => task.IsFinished).Select(task => task.Id).ToHashSet();
        var doable = new List<WorkTask>();

        // What never can start would only loosen the bound: tasks held back, on a circle, or behind one.
        for (var more = true; more;)
        {
            more = false;
            foreach (var task in workload.Tasks.Where(task => !done.Contains(task.Id) && task.HeldBecause is null && Waits(task).All(done.Contains)).ToList())
            {
                done.Add(task.Id);
                doable.Add(task);
                more = true;
            }
        }

        doable.Sort((left, right) => left.Id.CompareTo(right.Id));
        return new WorkModel(workload, doable);

        // A dependency that was cancelled is never on the branch; a cancelled part is nobody's work.
        IEnumerable<TaskId> Waits(WorkTask task) => task.Dependencies
            .Where(id => all.TryGetValue(id, out var other) && (other.State != TaskState.Cancelled || task.Parts?.Contains(id) != true))
            .Select(id => all[id].State == TaskState.Cancelled ? task.Id : id)
            .Concat((task.Parts ?? []).Where(id => all.TryGetValue(id, out var part) && !part.IsFinished));
    }

    private static (int[][] Before, int[][] After) Edges(List<WorkTask> tasks)
    {
        var numbers = tasks.Select((task, number) => (task.Id, number)).ToDictionary(entry => entry.Id, entry => entry.number);
        var after = tasks.Select(_ => new List<int>()).ToArray();
        var before = tasks.Select(task => task.Dependencies.Concat(task.Parts ?? []).Where(numbers.ContainsKey).Select(id => numbers[id]).Distinct().ToArray()).ToArray();
        for (var task = 0; task < before.Length; task++)
        {
            foreach (var dependency in before[task])
            {
                after[dependency].Add(task);
            }
        }

        return (before, [.. after.Select(list => list.ToArray())]);
    }

    private int[] TopologicalOrder()
    {
        var open = Before.Select(list => list.Length).ToArray();
        var order = new List<int>(Enumerable.Range(0, Count).Where(task => open[task] == 0));
        for (var next = 0; next < order.Count; next++)
        {
            order.AddRange(After[order[next]].Where(task => --open[task] == 0));
        }

        return [.. order];
    }

    private static long Gcd(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
