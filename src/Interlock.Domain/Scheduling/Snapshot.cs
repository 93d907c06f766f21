using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>Everything a decision may look at: one consistent reading of the store.</summary>
public sealed class Snapshot
{
    private readonly Dictionary<TaskId, int> places;
    private readonly Dictionary<TaskId, Lease> leases;

    public Snapshot(IReadOnlyList<WorkTask> tasks, IReadOnlyList<Lease> liveLeases, Limits limits, LeaseClock clock)
    {
        Tasks = tasks;
        Leases = liveLeases;
        Limits = limits;
        Clock = clock;
        places = new Dictionary<TaskId, int>(tasks.Count);
        for (var place = 0; place < tasks.Count; place++)
        {
            places.Add(tasks[place].Id, place);
        }

        leases = liveLeases.Where(lease => lease.Task is not null).ToDictionary(lease => lease.Task!.Value);
    }

    /// <summary>In the plan's order.</summary>
    public IReadOnlyList<WorkTask> Tasks { get; }

    public IReadOnlyList<Lease> Leases { get; }

    /// <summary>Open suggestions of agents.</summary>
    public IReadOnlyList<Suggestion> Suggestions { get; init; } = [];

    public Limits Limits { get; }
    public LeaseClock Clock { get; }

    public WorkTask? Find(TaskId id) => places.TryGetValue(id, out var place) ? Tasks[place] : null;

    /// <summary>Where in <see cref="Tasks"/> it stands; -1 when it does not.</summary>
    internal int PlaceOf(TaskId id) => places.TryGetValue(id, out var place) ? place : -1;

    public Lease? LeaseOf(TaskId id) => leases.GetValueOrDefault(id);

    /// <summary>Dependencies that have not merged yet, in the order the plan names them.</summary>
    public IReadOnlyList<WorkTask> OpenDependencies(WorkTask task) =>
        [.. task.Dependencies.Select(Find).OfType<WorkTask>().Where(dependency => dependency.State != TaskState.Merged)];

    /// <summary>The state people see: an open task is blocked while a dependency is open.</summary>
    public TaskState StateOf(WorkTask task) => !task.IsOpen ? task.State
        : OpenDependencies(task).Count > 0 || task.HeldBecause is not null ? TaskState.Blocked : TaskState.Ready;
}
