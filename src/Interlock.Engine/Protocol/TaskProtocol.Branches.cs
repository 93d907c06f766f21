using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>What becomes of a landed task whose commit a force move took off the branch.</summary>
/// <param name="Commit">The same work under its new commit, when the branch was rebased; null when it is gone.</param>
public sealed record Uprooted(TaskId Task, string? Commit);

/// <summary>What the merge queue learns about the branches it lands on.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>Notes where a branch stands when the queue meets it for the first time, or after others put commits on it.</summary>
    public void NoteBranch(string fullRef, string tip, string why) => store.Write(transaction => NoteBranch(transaction, fullRef, tip, why, clock.Now));

    private static bool NoteBranch(IStoreTransaction transaction, string fullRef, string tip, string why, DateTimeOffset now)
    {
        var known = transaction.FindBranch(fullRef);
        if (known?.Tip == tip)
        {
            return false;
        }

        transaction.Put((known ?? new BranchState { Ref = fullRef, Tip = tip }) with { Tip = tip, RedTip = null, RedLog = null });
        transaction.Append(now, known is null ? "branch.met" : "branch.moved", why);
        return true;
    }

    /// <summary>
    /// The branch lost commits. Nothing lands there until a person says so; tasks whose work is gone need a person, those
    /// whose work was rebased keep it under its new commit. Nothing is run again by itself.
    /// </summary>
    public void BranchForced(string fullRef, string tip, string reason, IReadOnlyList<Uprooted> tasks) => store.Write(transaction =>
    {
        var now = clock.Now;
        var known = transaction.FindBranch(fullRef)!;
        transaction.Put(known with { Tip = tip, RedTip = null, RedLog = null, Pause = new QueuePause(PauseCodes.ForceMoved, reason, now) });
        foreach (var (id, commit) in tasks)
        {
            var task = transaction.FindTask(id)!;
            if (commit is null)
            {
                Uproot(transaction, task, fullRef, now);
                continue;
            }

            transaction.Put(task with { Commit = commit, UpdatedAt = now });
            transaction.Append(now, "task.rebased", $"{Short(task.Commit!)} is now {Short(commit)}", id);
        }

        transaction.Append(now, "branch.force-moved", reason);
        return true;
    });

    /// <summary>A task that was completed with a commit that no branch has any more needs a person. False when it is not completed with it.</summary>
    public bool Uproot(TaskId id, string commit) => store.Write(transaction =>
    {
        if (transaction.FindTask(id) is not { State: TaskState.Merged } task || task.Commit != commit)
        {
            return false;
        }

        Uproot(transaction, task, "any branch", clock.Now);
        return true;
    });

    private static void Uproot(IStoreTransaction transaction, WorkTask task, string where, DateTimeOffset now)
    {
        var reason = $"{Short(task.Commit!)} is no longer on {where}";
        transaction.Put(task with { State = TaskState.Dead, Commit = null, CompletedAt = null, CompletedHow = null, LastError = $"its commit {reason}", PriorCommit = task.Commit, UpdatedAt = now });
        transaction.Append(now, "task.uprooted", reason, task.Id);
    }

    /// <summary>Writes an event that changes no row.</summary>
    public void Note(string kind, string message, TaskId? task = null, long? fence = null) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, message, task, null, fence);
        return true;
    });

    /// <summary>Stops landing on a branch until <see cref="ResumeQueue"/>.</summary>
    public void PauseQueue(string fullRef, string code, string reason) => store.Write(transaction =>
    {
        if (transaction.FindBranch(fullRef) is not { Pause: null } branch)
        {
            return false;
        }

        transaction.Put(branch with { Pause = new QueuePause(code, reason, clock.Now) });
        transaction.Append(clock.Now, "queue.paused", $"{fullRef}: {reason}");
        return true;
    });

    /// <summary>Lets a paused branch land again. False when it was not paused.</summary>
    public bool ResumeQueue(string fullRef) => store.Write(transaction =>
    {
        if (transaction.FindBranch(fullRef) is not { Pause: not null } branch)
        {
            return false;
        }

        transaction.Put(branch with { Pause = null });
        transaction.Append(clock.Now, "queue.resumed", fullRef);
        return true;
    });

    /// <summary>
    /// The checks fail on the branch itself. No queued change is blamed; one task to repair it is opened, unless one is
    /// open already, before everything else.
    /// </summary>
    public WorkTask BranchIsRed(string fullRef, StoryId story, string tip, string reason, string? log) => store.Write(transaction =>
    {
        var now = clock.Now;
        var branch = transaction.FindBranch(fullRef) ?? new BranchState { Ref = fullRef, Tip = tip };
        var repair = transaction.Tasks().FirstOrDefault(task => RepairTask.IsFor(task, story) && !task.IsFinished) ?? RepairTask.New(transaction.Tasks(), story, fullRef, now);
        repair = repair with { LastError = reason, LastLog = log, UpdatedAt = now };
        transaction.Put(branch with { RedTip = tip, RedLog = log });
        transaction.Put(repair);
        transaction.Append(now, "branch.red", $"{fullRef} at {Short(tip)}: {reason}", repair.Id);
        return repair;
    });

    // The branch is green: what landed made it so, and nobody needs to repair it any more.
    private static void CancelRepairs(IStoreTransaction transaction, IReadOnlyList<long> fences, DateTimeOffset now)
    {
        var stories = fences.Select(transaction.FindLanding).OfType<Landing>().Select(landing => transaction.FindTask(landing.Task)?.Story).OfType<StoryId>().ToHashSet();
        foreach (var repair in transaction.Tasks().Where(task => task.IsOpen && stories.Any(story => RepairTask.IsFor(task, story))))
        {
            transaction.Put(repair with { State = TaskState.Cancelled, LastError = "the branch is green again", UpdatedAt = now });
            transaction.Append(now, "task.cancelled", "the branch is green again", repair.Id);
        }
    }
}
