using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Leasing;

/// <summary>What every claim of one moment is decided on. Claims granted meanwhile are added to <see cref="Live"/>.</summary>
public sealed class ClaimGround
{
    private readonly Dictionary<TaskId, FileSet> files = [];
    private readonly List<WorkTask> reserved;
    private readonly PatternIndex<int> reservedFiles;
    private readonly Func<WorkTask, TimeSpan> effort;

    /// <param name="find">Any task by its id; null for one that does not exist.</param>
    /// <param name="live">Every live lease of the repository, holds included.</param>
    /// <param name="waiting">Open tasks that wait for files; only they can hold a reservation.</param>
    /// <param name="effort">How long a task is expected to keep its agent; <see cref="Effort.Prior"/> when nothing is known.</param>
    /// <param name="ignoreCase">Whether the repository's paths differ by case alone.</param>
    public ClaimGround(
        Limits limits, LeaseClock clock, Func<TaskId, WorkTask?> find, IEnumerable<Lease> live, IEnumerable<WorkTask> waiting,
        Func<WorkTask, TimeSpan> effort, bool ignoreCase = false)
    {
        (Limits, Clock, Find, this.effort, IgnoreCase) = (limits, clock, find, effort, ignoreCase);
        Live = new LiveLeases(live, limits.Hot, ignoreCase);
        reserved = [.. waiting.Where(task => Reservations.Holds(task, limits, clock, find)).OrderBy(task => task.WaitingFrom ?? 0).ThenBy(task => task.Id)];
        reservedFiles = new PatternIndex<int>(ignoreCase);
        for (var place = 0; place < reserved.Count; place++)
        {
            foreach (var pattern in FilesOf(reserved[place]).Without(limits.Hot, ignoreCase).Patterns)
            {
                reservedFiles.Add(pattern, place);
            }
        }
    }

    public Limits Limits { get; }
    public LeaseClock Clock { get; }
    public Func<TaskId, WorkTask?> Find { get; }
    public bool IgnoreCase { get; }
    public LiveLeases Live { get; }

    /// <summary>Limits without room, told once: claims only add to <see cref="Live"/>, so they stay like that.</summary>
    internal Dictionary<(LimitKind Kind, string Name), Obstacle> Reached { get; } = [];

    /// <summary>The task's own file set, read once.</summary>
    internal FileSet FilesOf(WorkTask task)
    {
        if (task.Files.Count == 0)
        {
            return FileSet.Empty;
        }

        if (!files.TryGetValue(task.Id, out var set))
        {
            files[task.Id] = set = FileSet.Parse(task.Files);
        }

        return set;
    }

    /// <summary>True when neither a lease nor a reservation is in the way of the task's own files, told without reading them.</summary>
    internal bool IsClearOf(WorkTask task) => reserved.Count == 0 && Live.AreClearOf(task.Files);

    /// <summary>The task that has waited longest of those for which some of the files are reserved, with the pattern; null when there is none.</summary>
    internal (WorkTask Waiting, FilePattern Pattern)? ReservedBefore(WorkTask task, FileSet wanted)
    {
        (int Place, FilePattern Pattern)? first = null;
        foreach (var ours in reserved.Count == 0 ? [] : wanted.Without(Limits.Hot, IgnoreCase).Patterns)
        {
            foreach (var (theirs, place) in reservedFiles.Overlapping(ours))
            {
                if ((first is null || place < first.Value.Place) && reserved[place].Id != task.Id
                    && !Reservations.MayGoFirst(task, reserved[place]) && !Backfills(task, reserved[place]))
                {
                    first = (place, theirs);
                }
            }
        }

        return first is { } found ? (reserved[found.Place], found.Pattern) : null;
    }

    private bool Backfills(WorkTask task, WorkTask waiting)
    {
        var free = Live.Overlapping(FilesOf(waiting)).Select(ExpectedEnd).DefaultIfEmpty(Clock.Wall).Max();
        return Reservations.MayBackfill(waiting, effort(task), free, Limits, Clock);
    }

    // Nobody knows when a person ends a hold, and what is in review may land at any moment.
    private DateTimeOffset ExpectedEnd(Lease lease) =>
        lease is { Kind: LeaseKind.Task, InReview: false, Task: { } id } && Find(id) is { } task ? lease.AcquiredAt + effort(task) : Clock.Wall;
}
