using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

public sealed partial class TaskProtocol
{
    /// <summary>Hands sealed work to the merge queue. The lease stays until it lands, so that nobody starts on its files meanwhile.</summary>
    public Reply Submit(TaskId id, LeaseToken token, string target, string baseCommit, string commit) => Operate(null, (transaction, now) =>
    {
        var (lease, refusal) = Attempt(transaction, id, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var task = transaction.FindTask(id)! with { State = TaskState.Submitted, UpdatedAt = now.Wall };
        transaction.Put(new Landing
        {
            Task = id,
            Fence = lease.Fence,
            Agent = lease.Agent,
            Target = target,
            Base = baseCommit,
            Commit = commit,
            SubmittedAt = now.Wall,
        });
        var reviewed = lease with { InReview = true };
        transaction.Put(reviewed);
        transaction.Put(task);
        transaction.Append(now.Wall, "task.submitted", $"{lease.Agent} submitted {Short(commit)}", id, lease.Agent, lease.Fence);
        return new Reply(task, reviewed, token.ToString());
    });

    /// <summary>An agent of a run says that it is finished. Only noted: what is done, the run decides from the worktree.</summary>
    public Reply NoteHandedIn(TaskId id, LeaseToken token) => Operate(null, (transaction, now) =>
    {
        var (lease, refusal) = Attempt(transaction, id, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        transaction.Append(now.Wall, "agent.handed-in", $"{lease.Agent} says that it is finished", id, lease.Agent, lease.Fence);
        return new Reply(transaction.FindTask(id), lease);
    });

    /// <summary>The agent, or whoever watches it, says that this attempt came to nothing.</summary>
    /// <param name="elsewhere">Another agent should try next, if there is one.</param>
    public Reply Fail(TaskId id, LeaseToken token, string reason, string? log = null, string? salvaged = null, string? request = null, bool elsewhere = false) => Operate(Keyed(request, "fail", token.ToString()), (transaction, now) =>
    {
        var (lease, refusal) = Attempt(transaction, id, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var ended = End(transaction, lease, reason);
        var task = FailedAttempt(transaction.FindTask(id)!, reason, now) with { LastLog = log };
        task = elsewhere ? task with { AvoidAgent = lease.Agent } : task;
        if (salvaged is not null)
        {
            task = task with { PriorCommit = salvaged, PriorBase = lease.BaseCommit };
        }

        transaction.Put(task);
        transaction.Append(now.Wall, task.State == TaskState.Dead ? "task.dead" : "task.failed", reason, id, lease.Agent, lease.Fence);
        return new Reply(task, ended);
    });

    /// <summary>The task cannot go on without a person.</summary>
    public Reply Block(TaskId id, LeaseToken? token, string reason, AgentId? by, string? request = null) => Operate(Keyed(request, "block", $"{token}{by}@{id}", reason), (transaction, now) =>
    {
        Lease? lease = null;
        if (token is not null)
        {
            (lease, var refusal) = Unsubmitted(transaction, id, token);
            if (lease is null)
            {
                return Reply.Refused(refusal!);
            }
        }

        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        lease ??= transaction.LiveLeases().FirstOrDefault(other => other.Task == id);
        if (task.IsFinished || task.State is TaskState.Submitted or TaskState.Merging || (token is null && lease is not null))
        {
            return Reply.Refused(lease is null
                ? new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)}", "Nothing is left to block")
                : new Refusal(RefusalCodes.NotHolder, $"task {id} is claimed by {lease.Agent}", "Its holder blocks it, or free it first: interlock reassign") with { Holder = lease.Agent });
        }

        var ended = lease is null ? null : End(transaction, lease, reason);
        task = task with { State = TaskState.Dead, LastError = reason, UpdatedAt = now.Wall };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.blocked", reason, id, lease?.Agent ?? by, lease?.Fence);
        return new Reply(task, ended);
    });

    /// <summary>What a completion with this request id was answered before; null when it was not.</summary>
    public Reply? EarlierCompletion(LeaseToken token, string? request) => Keyed(request, "complete", token.ToString()) is { } key
        ? store.Read(reader => reader.FindResult(key.Id)) is { } earlier ? JsonSerializer.Deserialize(key.Open(earlier), ReplyJson.Default.Reply) : null
        : null;

    /// <summary>Completion of work that a person's window did in the shared checkout, after the caller verified it.</summary>
    /// <param name="how">One of <c>landed</c> (with its commit) and <c>no-code</c>.</param>
    public Reply Complete(TaskId id, LeaseToken token, string how, string? commit, string note, string? request = null) => Operate(Keyed(request, "complete", token.ToString()), (transaction, now) =>
    {
        var (lease, refusal) = Attempt(transaction, id, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var ended = End(transaction, lease, "completed");
        var task = Completed(transaction.FindTask(id)!, how, commit, now.Wall) with { AssignedAgent = lease.Agent, AgentType = options.TypeOf(lease.Agent) };
        transaction.Put(task);
        transaction.Append(now.Wall, how == "landed" ? "task.landed" : "task.completed-without-code", note, id, lease.Agent, lease.Fence);
        return new Reply(task, ended);
    });

    /// <summary>Notes where interrupted work was saved, so that the next attempt starts from it.</summary>
    public void RememberPriorWork(TaskId id, string? salvaged, string? baseCommit) => store.Write(transaction =>
    {
        if (salvaged is null || transaction.FindTask(id) is not { IsFinished: false } task)
        {
            return false;
        }

        transaction.Put(task with { PriorCommit = salvaged, PriorBase = baseCommit, UpdatedAt = clock.Now });
        transaction.Append(clock.Now, "work.salvaged", $"unlanded work is kept as {Short(salvaged)}", id);
        return true;
    });

    private WorkTask FailedAttempt(WorkTask task, string reason, LeaseClock now)
    {
        var attempts = task.Attempts + 1;
        var spent = attempts >= options.Limits.Attempts;
        return task with
        {
            State = spent ? TaskState.Dead : TaskState.Ready,
            Attempts = attempts,
            LastError = reason,
            NotBefore = spent ? null : now.Wall + Backoff.After(attempts, options.Chance()),
            UpdatedAt = now.Wall,
        };
    }

    private static WorkTask Completed(WorkTask task, string how, string? commit, DateTimeOffset now) => Reservations.Served(task) with
    {
        State = TaskState.Merged,
        CompletedHow = how,
        Commit = commit,
        CompletedAt = now,
        UpdatedAt = now,
        NotBefore = null,
        LastError = null,
    };

    private static void EndLeaseOf(IStoreTransaction transaction, long fence, string because)
    {
        if (transaction.FindLease(fence) is { Live: true } lease)
        {
            End(transaction, lease, because);
        }
    }

    internal static string Short(string commit) => commit.Length > 10 ? commit[..10] : commit;
}
