using Interlock.Domain.Leasing;

namespace Interlock.Tests.Faults.Histories;

/// <summary>
/// What a lease does for one caller after the other, written from the protocol's description and sharing no code with it. The
/// clock stands still, each task has files of its own, and attempts never run out.
/// </summary>
internal static class SequentialLease
{
    /// <summary>The task after the call; null when this answer is not possible here.</summary>
    public static TaskView? Apply(TaskView task, Call call) => call.Kind switch
    {
        CallKind.Claim => Claim(task, call),
        CallKind.Renew => WithToken(task, call, allowedInReview: true, task, stays: true),
        CallKind.Extend => WithToken(task, call, allowedInReview: true, task with { Files = task.Files | 1 << call.File }, stays: true),
        CallKind.Submit => WithToken(task, call, allowedInReview: false, task with { Phase = Phase.Submitted, InReview = true, Submission = task.Fence }, stays: true),
        CallKind.Release => WithToken(task, call, allowedInReview: false, Ended(task) with { Phase = Phase.Open }, stays: false),
        CallKind.Fail => WithToken(task, call, allowedInReview: false, Ended(task) with { Phase = Phase.Pausing }, stays: false),
        CallKind.Reclaim => Reclaim(task, call),
        CallKind.Retry => Retry(task, call),
        _ => Return(task, call),
    };

    private static TaskView? Claim(TaskView task, Call call)
    {
        if (task is { Phase: Phase.Open, Fence: 0 })
        {
            return call.Done && call.Granted > task.Last
                ? task with { Phase = Phase.Running, Fence = call.Granted, Last = call.Granted, Holder = call.Agent, Files = 1 }
                : null;
        }

        var why = task.Phase switch
        {
            Phase.Running => RefusalCodes.AlreadyClaimed,
            Phase.Submitted => RefusalCodes.NotOpen,
            Phase.Dead => RefusalCodes.Held,
            _ => RefusalCodes.Backoff,
        };
        return !call.Done && call.Refused == why && (task.Phase != Phase.Running || call.Holder == task.Holder) ? task : null;
    }

    private static TaskView? WithToken(TaskView task, Call call, bool allowedInReview, TaskView after, bool stays)
    {
        if (task.Fence != call.Fence)
        {
            // The refusal names who holds the task now, if anybody does.
            return !call.Done && call.Refused == RefusalCodes.NotCurrent && call.Holder == (task.Fence == 0 ? 0 : task.Holder) ? task : null;
        }

        if (task.InReview && !allowedInReview)
        {
            return !call.Done && call.Refused == RefusalCodes.NotOpen ? task : null;
        }

        return call.Done && call.Granted == call.Fence && call.Files == (stays ? after.Files : task.Files) ? after : null;
    }

    // Submitted work is an immutable commit: its lease may go, and it still lands or returns.
    private static TaskView? Reclaim(TaskView task, Call call) => task.Fence == call.Fence
        ? call.Done && call.Granted == call.Fence ? Ended(task) with { Phase = task.Phase == Phase.Running ? Phase.Open : task.Phase } : null
        : call is { Done: true, Granted: 0 } ? task : null;

    private static TaskView? Retry(TaskView task, Call call) => task.Phase is Phase.Running or Phase.Submitted
        ? call is { Done: false, Refused: RefusalCodes.NotOpen } ? task : null
        : call.Done ? task with { Phase = Phase.Open, Conflicts = 0 } : null;

    // Conflicts send work back twice to its author, once to another agent, then to a person; here nobody asks who it goes to.
    private static TaskView? Return(TaskView task, Call call)
    {
        if (task.Submission != call.Fence)
        {
            return call is { Done: true, Granted: 0 } ? task : null;
        }

        var ended = task.Fence == call.Fence ? Ended(task) : task;
        return call.Done ? ended with { Phase = task.Conflicts + 1 > 3 ? Phase.Dead : Phase.Open, Conflicts = task.Conflicts + 1, Submission = 0 } : null;
    }

    private static TaskView Ended(TaskView task) => task with { Fence = 0, Holder = 0, InReview = false, Files = 0 };
}
