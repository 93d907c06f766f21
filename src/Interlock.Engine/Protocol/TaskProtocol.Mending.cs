using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>What a repair may change: it brings the state to what git shows.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>The branch shows that a task's work landed, and the state does not know it. False when it knows by now.</summary>
    /// <param name="advance">From where the branch was last seen to where it is, when it has only gained commits.</param>
    public bool AdoptLanded(TaskId id, string commit, string target, (string From, string To)? advance = null) => store.Write(transaction =>
    {
        var now = clock.Now;
        if ((transaction.FindTask(id) ?? RepairTask.FoundOn(target, id, transaction.Tasks(), now)) is not { State: not TaskState.Merging } task || task is { State: TaskState.Merged, CompletedHow: "landed" })
        {
            return false;
        }

        if (transaction.LiveLeases().FirstOrDefault(lease => lease.Task == id && lease.Kind == LeaseKind.Task) is { } lease)
        {
            Take(transaction, lease, "its work is on the branch already", now);
        }

        foreach (var landing in transaction.OpenLandings().Where(landing => landing.Task == id))
        {
            transaction.Put(landing with { State = LandingState.Returned, Reason = "its work is on the branch already" });
        }

        transaction.Put(Completed(task, "landed", commit, now));
        transaction.Append(now, "task.landed", $"{Short(commit)} was found on {target}", id);
        if (advance is { } moved)
        {
            Advance(transaction, target, moved.From, moved.To, now);
        }

        return true;
    });

    // Else a branch that is moved back before anybody looks again would stand where it was last seen, and nothing would be missed.
    private static void Advance(IStoreTransaction transaction, string target, string from, string to, DateTimeOffset now)
    {
        if (transaction.FindBranch(target)?.Tip == from && !transaction.OpenLandings().Any(landing => landing.Target == target && landing.State == LandingState.Merging))
        {
            NoteBranch(transaction, target, to, $"{target}: {Short(from)} to {Short(to)}", now);
        }
    }

    /// <summary>Earlier work of a task is not in the repository any more: the next attempt starts anew.</summary>
    public bool ForgetPriorWork(TaskId id, string commit, string why) => store.Write(transaction =>
    {
        if (transaction.FindTask(id) is not { } task || task.PriorCommit != commit)
        {
            return false;
        }

        transaction.Put(task with { PriorCommit = null, PriorBase = null, UpdatedAt = clock.Now });
        transaction.Append(clock.Now, "work.lost", why, id);
        return true;
    });
}
