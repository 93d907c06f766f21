using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>One submitted change as a commit on the way to the branch.</summary>
/// <param name="Commit">What the change becomes there, on top of the step before.</param>
public sealed record LandingStep(long Fence, string Commit);

/// <summary>What the merge queue decides about submitted work.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>
    /// Stores the intent to move a branch over several changes at once, the last of which is the commit that was verified.
    /// False, and nothing stored, when one of them was withdrawn meanwhile.
    /// </summary>
    public bool TryBeginLanding(IReadOnlyList<LandingStep> steps, string old) => store.Write(transaction =>
    {
        var landings = steps.Select(step => transaction.FindLanding(step.Fence)).ToList();
        if (landings.Any(landing => landing is not { State: LandingState.Submitted }))
        {
            return false;
        }

        var now = clock.Now;
        var tip = steps[^1].Commit;
        for (var i = 0; i < steps.Count; i++)
        {
            var landing = landings[i]!;
            transaction.Put(landing with { State = LandingState.Merging, IntentOld = old, IntentNew = steps[i].Commit, IntentTip = tip });
            transaction.Put(transaction.FindTask(landing.Task)! with { State = TaskState.Merging, UpdatedAt = now });
            var batch = steps.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {i + 1} of {steps.Count} verified together as {Short(tip)}");
            transaction.Append(now, "landing.intended", $"{Short(old)} to {Short(steps[i].Commit)}{batch}", landing.Task, landing.Agent, landing.Fence);
        }

        return true;
    });

    /// <summary>The branch moved elsewhere before the intent was carried out: build and verify anew.</summary>
    public void WithdrawIntent(IReadOnlyList<long> fences, string why) => store.Write(transaction =>
    {
        var now = clock.Now;
        foreach (var landing in fences.Select(transaction.FindLanding).OfType<Landing>().Where(landing => landing.State == LandingState.Merging))
        {
            transaction.Put(landing with { State = LandingState.Submitted, IntentOld = null, IntentNew = null, IntentTip = null });
            transaction.Put(transaction.FindTask(landing.Task)! with { State = TaskState.Submitted, UpdatedAt = now });
            transaction.Append(now, "landing.withdrawn", why, landing.Task, landing.Agent, landing.Fence);
        }

        return true;
    });

    /// <summary>Records what the branch already shows: these changes landed. What is recorded already stays as it is (S5).</summary>
    /// <param name="tip">Where the branch stands.</param>
    /// <param name="window">The queue's window from now on; null leaves it.</param>
    public void RecordLanded(IReadOnlyList<long> fences, string tip, MergeWindow? window = null) => store.Write(transaction =>
    {
        var now = clock.Now;
        foreach (var landing in fences.Select(transaction.FindLanding).OfType<Landing>().Where(landing => landing.State == LandingState.Merging))
        {
            var state = transaction.FindBranch(landing.Target) ?? new BranchState { Ref = landing.Target, Tip = tip };
            transaction.Put(state with { Tip = tip, RedTip = null, RedLog = null, Window = window ?? state.Window });
            transaction.Put(landing with { State = LandingState.Landed, LandedAt = now });
            RecordTask(transaction, landing, now);
            EndLeaseOf(transaction, landing.Fence, "landed");
            transaction.Append(now, "task.landed", $"{Short(landing.IntentNew!)} on {landing.Target}", landing.Task, landing.Agent, landing.Fence);
            if (landing.Undoes is { } undone)
            {
                // A force move may have taken its work off the branch first, and somebody may be at it anew.
                if (transaction.FindTask(undone) is { State: TaskState.Merged } merged)
                {
                    transaction.Put(Undone(merged, landing, now));
                }

                transaction.Append(now, "task.undone", $"taken back by {Short(landing.IntentNew!)}", undone);
            }
        }

        CancelRepairs(transaction, fences, now);
        return true;
    });

    /// <summary>Sends submitted work back to its author because the checks are red. Uses up an attempt.</summary>
    /// <param name="log">Path of the log that shows why.</param>
    /// <param name="window">The queue's window from now on; null leaves it.</param>
    public Reply Return(long fence, string reason, string? log, MergeWindow? window = null) =>
        Return(fence, log, window, (task, now) => FailedAttempt(task, reason, now), reason);

    /// <summary>
    /// Sends submitted work back because it conflicts with what landed meanwhile: twice to its author, once to another
    /// agent, then to a person. It did nothing wrong, so no attempt is used up and it may start at once.
    /// </summary>
    public Reply ReturnConflict(long fence, AgentId author, string reason, string? log) => Return(fence, log, null, (task, now) =>
    {
        var conflicts = task.Conflicts + 1;
        var turn = ConflictLadder.Next(conflicts);
        return task with
        {
            Conflicts = conflicts,
            State = turn == ConflictTurn.Person ? TaskState.Dead : TaskState.Ready,
            AssignedAgent = turn == ConflictTurn.FreshAgent ? null : author,
            AvoidAgent = turn == ConflictTurn.FreshAgent ? author : null,
            NotBefore = null,
            LastError = reason,
            UpdatedAt = now.Wall,
        };
    }, reason);

    private Reply Return(long fence, string? log, MergeWindow? window, Func<WorkTask, Domain.Leasing.LeaseClock, WorkTask> change, string reason) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindLanding(fence) is not { State: LandingState.Submitted } landing)
        {
            return new Reply();
        }

        transaction.Put(landing with { State = LandingState.Returned, Reason = reason });
        EndLeaseOf(transaction, fence, reason);
        var task = change(transaction.FindTask(landing.Task)!, now) with { LastLog = log };

        // Nobody works on an undo: a person decides what becomes of it.
        task = landing.Kind == LandingKind.Undo
            ? task with { State = TaskState.Dead, NotBefore = null }
            : task with { PriorCommit = landing.Commit, PriorBase = landing.Base };
        transaction.Put(task);
        if (window is not null && transaction.FindBranch(landing.Target) is { } branch)
        {
            transaction.Put(branch with { Window = window });
        }

        transaction.Append(now.Wall, task.State == TaskState.Dead ? "task.dead" : "task.returned", reason, landing.Task, landing.Agent, fence);
        return new Reply(task);
    });

    private void RecordTask(IStoreTransaction transaction, Landing landing, DateTimeOffset now) =>
        transaction.Put(Completed(transaction.FindTask(landing.Task)!, "landed", landing.IntentNew, now) with
        {
            AssignedAgent = landing.Agent,
            AgentType = options.TypeOf(landing.Agent),
            AvoidAgent = null,
            AwaitsApproval = null,
        });

    // Whoever had it undone decides whether it is done again; its landed work is no longer what to start from.
    private static WorkTask Undone(WorkTask task, Landing undo, DateTimeOffset now) => task with
    {
        State = TaskState.Dead,
        LastError = string.Create(CultureInfo.InvariantCulture, $"undone by {undo.Agent} with {Short(undo.IntentNew!)}"),
        CompletedAt = null,
        CompletedHow = null,
        Commit = null,
        PriorCommit = null,
        PriorBase = null,
        Attempts = 0,
        Conflicts = 0,
        UpdatedAt = now,
    };
}
