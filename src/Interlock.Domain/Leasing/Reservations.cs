using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Leasing;

/// <summary>
/// Keeps a task that waits for files from being passed by for ever (L2). Waiting tasks stand in the order in which they began to
/// wait, told by the log and not by the clock. Those that began together are equals: neither passes the other by, so
/// the scheduler may order them as it likes.
/// </summary>
public static class Reservations
{
    /// <summary>The task with the note that it waits; null when that refusal keeps nobody waiting for files, or it is noted already.</summary>
    /// <param name="from">Revision of the log; one for all that are refused at one moment.</param>
    public static WorkTask? Refused(WorkTask task, string code, long from, LeaseClock clock) =>
        code is RefusalCodes.FileBusy or RefusalCodes.Reserved && task.WaitingSince is null
            ? task with { WaitingSince = clock.Wall, WaitingFrom = from }
            : null;

    /// <summary>True when overlapping claims must now wait for this task.</summary>
    public static bool Holds(WorkTask task, Limits limits, LeaseClock clock, Func<TaskId, WorkTask?> find) =>
        (task.Bypasses >= limits.Bypasses || (task.PassedAt is { } first && clock.Wall - first >= limits.ReserveAfter))
        && WaitsForFilesOnly(task, clock, find);

    /// <summary>
    /// True when a claim may go before a task that holds a reservation: it will be done before that task could start, and would only leave
    /// its files idle by waiting (what batch schedulers call backfilling). It counts as one that passed by, and after the last of those
    /// nobody does: expectations can be wrong.
    /// </summary>
    /// <param name="free">When the last of those who work on the files of <paramref name="waiting"/> is expected to end.</param>
    public static bool MayBackfill(WorkTask waiting, TimeSpan takes, DateTimeOffset free, Limits limits, LeaseClock clock) =>
        waiting.Bypasses < limits.Bypasses && clock.Wall + takes <= free;

    /// <summary>The task with one more claim that passed it by.</summary>
    public static WorkTask Passed(WorkTask task, LeaseClock clock) => task with { Bypasses = task.Bypasses + 1, PassedAt = task.PassedAt ?? clock.Wall };

    /// <summary>The task as one that waits for no files any more.</summary>
    public static WorkTask Served(WorkTask task) => task with { WaitingSince = null, WaitingFrom = null, Bypasses = 0, PassedAt = null };

    /// <summary>The waiting tasks that a claim passes by: it takes files they need and did not wait as long.</summary>
    public static IEnumerable<WorkTask> PassedBy(
        WorkTask claimed, FileSet files, IEnumerable<WorkTask> waiting, Func<TaskId, WorkTask?> find, FileSet hot, LeaseClock clock, bool ignoreCase)
    {
        var cold = files.Without(hot, ignoreCase);
        return waiting.Where(task => task.Id != claimed.Id && !cold.IsUnknown && !MayGoFirst(claimed, task) && WaitsForFilesOnly(task, clock, find)
            && cold.FirstConflict(FileSet.Parse(task.Files).Without(hot, ignoreCase), ignoreCase) is not null);
    }

    /// <summary>True for a task that has waited as long as <paramref name="other"/> or longer.</summary>
    public static bool MayGoFirst(WorkTask task, WorkTask other) =>
        task.WaitingSince is not null && (task.WaitingFrom ?? 0) <= (other.WaitingFrom ?? 0);

    // Whatever else keeps it from starting may last: nobody shall wait for that.
    private static bool WaitsForFilesOnly(WorkTask task, LeaseClock clock, Func<TaskId, WorkTask?> find) =>
        task is { IsOpen: true, HeldBecause: null, IsWhole: false } && !(task.NotBefore > clock.Wall)
        && task.Dependencies.All(id => find(id) is null or { State: TaskState.Merged });
}
