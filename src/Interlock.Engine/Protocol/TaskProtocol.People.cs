using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>What people do from outside: their word counts without a token, and every change leaves an event that names it.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>Opens a task that is dead, cancelled or waiting out its backoff, with all its attempts.</summary>
    public Reply Retry(TaskId id) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task.State is not (TaskState.Dead or TaskState.Cancelled or TaskState.Ready or TaskState.Blocked))
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)}", "Only a blocked, cancelled or waiting task can be retried"));
        }

        task = task with { State = TaskState.Ready, Attempts = 0, Conflicts = 0, AvoidAgent = null, AwaitsApproval = null, NotBefore = null, LastError = null, UpdatedAt = now.Wall };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.retried", "opened again by hand", id);
        return new Reply(task);
    });

    /// <summary>Takes the task from whoever has it and makes it another agent's.</summary>
    public Reply Reassign(TaskId id, AgentId agent) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task.State is TaskState.Merged or TaskState.Submitted or TaskState.Merging)
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)}", "Its work is done or in review"));
        }

        var lease = transaction.LiveLeases().FirstOrDefault(other => other.Task == id);
        var ended = lease is null ? null : Take(transaction, lease, $"reassigned to {agent}", now.Wall);
        task = task with
        {
            State = task.State == TaskState.Running ? TaskState.Ready : task.State,
            AssignedAgent = agent,
            AgentType = options.TypeOf(agent) ?? task.AgentType,
            UpdatedAt = now.Wall,
        };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.reassigned", $"to {agent}{(lease is null ? "" : $", taken from {lease.Agent}")}", id, agent, lease?.Fence);
        return new Reply(task, ended);
    });

    /// <summary>Takes a task out of the story. Tasks that depend on it go on waiting.</summary>
    public Reply Cancel(TaskId id, string reason) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task.State is TaskState.Merged or TaskState.Merging)
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)}", task.Commit is null ? "What is still to do is a task of the plan" : $"Take it back: interlock undo {id}"));
        }

        var lease = transaction.LiveLeases().FirstOrDefault(other => other.Task == id);
        if (lease is not null)
        {
            Take(transaction, lease, $"cancelled: {reason}", now.Wall);
        }

        // Found by the task: its lease may have ended before its work did.
        if (transaction.OpenLandings().FirstOrDefault(open => open.Task == id) is { } landing)
        {
            transaction.Put(landing with { State = LandingState.Returned, Reason = reason });
        }

        task = task with { State = TaskState.Cancelled, LastError = reason, UpdatedAt = now.Wall };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.cancelled", reason, id, lease?.Agent, lease?.Fence);
        return new Reply(task, lease);
    });

    /// <summary>A person says in the status file, or of the plan, that a task is done. Accepted with an event that names it, except while a run decides.</summary>
    /// <param name="where">How the person said so.</param>
    public Reply CompleteByHand(TaskId id, bool automatedRun, string where = "set to completed in the status file") => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task.State is TaskState.Cancelled or TaskState.Submitted or TaskState.Merging)
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)}", "Wait for the verdict, or retry it first"));
        }

        if (task.State == TaskState.Merged)
        {
            return new Reply(task);
        }

        if (automatedRun)
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotCurrent, "an automated run decides what is done, from landed commits", $"To force it: interlock complete {id} --no-code --reason …"));
        }

        if (transaction.LiveLeases().FirstOrDefault(other => other.Task == id) is { } lease)
        {
            Take(transaction, lease, "completed by hand", now.Wall);
        }

        task = Completed(task, "by-hand", null, now.Wall);
        transaction.Put(task);
        transaction.Append(now.Wall, "task.completed-by-hand", $"{where}, without a verified commit", id);
        return new Reply(task);
    });

    /// <summary>A person sets a task back to pending in the status file. What has landed stays landed.</summary>
    public Reply OpenByHand(TaskId id, string where = "set to pending in the status file") => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task is { State: TaskState.Merged, CompletedHow: "landed" } || task.State is TaskState.Submitted or TaskState.Merging)
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)} with commit {task.Commit}", "Revert the commit with git first"));
        }

        if (transaction.LiveLeases().FirstOrDefault(other => other.Task == id) is { } lease)
        {
            Take(transaction, lease, where, now.Wall);
        }

        task = task with { State = TaskState.Ready, Attempts = 0, NotBefore = null, LastError = null, CompletedAt = null, CompletedHow = null, Commit = null, UpdatedAt = now.Wall };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.reopened-by-hand", where, id);
        return new Reply(task);
    });

    /// <summary>Keeps files, or a task, from everybody else for a while. Refused when a live lease is in the way.</summary>
    public Reply Hold(AgentId by, TaskId? task, IReadOnlyList<string> files, TimeSpan? duration, string? reason, DateTimeOffset? expires = null) => Operate(null, (transaction, now) =>
    {
        if (BadFile(files) is { } bad)
        {
            return Reply.Refused(bad);
        }

        files = options.WithReal(files);
        var live = transaction.LiveLeases();
        if (task is { } id && ClaimRules.CheckHolder(id, live, now, "The live lease wins; free it first: rm the lock file, or interlock reassign") is { } taken)
        {
            return Reply.Refused(taken);
        }

        if (ClaimRules.CheckFiles(FileSet.Parse(files), live, null, now, options.IgnoreCase, FileSet.Empty) is { } busy)
        {
            return Reply.Refused(busy);
        }

        var secret = NewSecret();
        var length = expires is { } until ? until - now.Wall : duration ?? options.LeaseDuration;
        var lease = transaction.Add(Timed(
            new Lease
            {
                Fence = 0,
                Kind = LeaseKind.Hold,
                Task = task,
                Agent = by,
                AgentType = options.TypeOf(by),
                Files = files,
                SecretHash = Hash(secret),
                AcquiredAt = now.Wall,
                ExpiresAt = now.Wall,
                Duration = length,
                Deadline = now.Monotonic,
                ClockBoot = now.Boot,
                Reason = reason,
            },
            length,
            now));
        transaction.Append(now.Wall, "hold.taken", $"{by} holds {(task is { } held ? $"task {held}" : string.Join(", ", files))}: {reason ?? "no reason given"}", task, by, lease.Fence);
        return new Reply(null, lease, new LeaseToken(store.Epoch, lease.Fence, secret).ToString());
    });

    private static Lease Take(IStoreTransaction transaction, Lease lease, string because, DateTimeOffset now)
    {
        LostLease.Tell(transaction, lease, because, now);
        return End(transaction, lease, because);
    }
}
