using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>Finished work that enters the merge queue on a person's word.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>
    /// Puts finished work aside because it touches paths that only a person may let through. Its commit is kept and lands
    /// unchanged once somebody approves it.
    /// </summary>
    public Reply AskApproval(TaskId id, LeaseToken token, IReadOnlyList<string> paths, string baseCommit, string commit) => Operate(null, (transaction, now) =>
    {
        var (lease, refusal) = Attempt(transaction, id, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var shown = string.Join(", ", paths);
        var ended = End(transaction, lease, "waits for approval");
        var task = transaction.FindTask(id)! with
        {
            State = TaskState.Dead,
            LastError = $"it changed {shown}, which needs a person: look at {Short(commit)}, then interlock approve {id}",
            AwaitsApproval = paths,
            AssignedAgent = lease.Agent,
            PriorCommit = commit,
            PriorBase = baseCommit,
            UpdatedAt = now.Wall,
        };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.awaits-approval", shown, id, lease.Agent, lease.Fence);
        return new Reply(task, ended);
    });

    /// <summary>A person agrees to the protected paths of finished work: it goes to the merge queue as it is.</summary>
    public Reply Approve(TaskId id, string target, string by) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task is not { State: TaskState.Dead, AwaitsApproval: { Count: > 0 } paths, PriorCommit: { } commit, PriorBase: { } from, AssignedAgent: { } agent })
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} has no work that waits for approval", "See what needs a person: interlock status"));
        }

        if (OnHold(transaction, id, now) is { } held)
        {
            return Reply.Refused(held);
        }

        // Its files may have been given to others since: then they have to finish first.
        if (ClaimRules.CheckFiles(FileSet.Parse(paths), transaction.LiveLeases(), id, now, options.IgnoreCase, options.Limits.Hot) is { } busy)
        {
            return Reply.Refused(busy);
        }

        var submitted = task with { State = TaskState.Submitted, AwaitsApproval = null, LastError = null, UpdatedAt = now.Wall };
        var lease = Enqueue(transaction, submitted, agent, paths, now, new Landing
        {
            Task = id,
            Fence = 0,
            Agent = agent,
            Target = target,
            Base = from,
            Commit = commit,
            SubmittedAt = now.Wall,
        });
        transaction.Append(now.Wall, "task.approved", $"{by} lets {Short(commit)} change {string.Join(", ", paths)}", id, agent, lease.Fence);
        return new Reply(submitted, lease);
    });

    /// <summary>Queues the reverse of a landed task. It lands like any other change: built on the tip, verified, recorded.</summary>
    /// <param name="reverse">Commit on top of the landed one that takes its work back.</param>
    public Reply Undo(TaskId id, string target, string reverse, AgentId by, string reason) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task is not { State: TaskState.Merged, CompletedHow: "landed", Commit: { } commit })
        {
            return Reply.Refused(new Refusal(RefusalCodes.NotOpen, $"task {id} is {StatusWords.Of(task.State)} and has no landed commit to take back", "See: interlock status"));
        }

        if (transaction.OpenLandings().Any(open => open.Undoes == id))
        {
            return Reply.Refused(new Refusal(RefusalCodes.AlreadyClaimed, $"task {id} is being undone", "Wait for the verdict: interlock status"));
        }

        var undo = UndoTask(transaction, task, reason, now.Wall);
        if (OnHold(transaction, undo.Id, now) is { } held)
        {
            return Reply.Refused(held);
        }

        var lease = Enqueue(transaction, undo, by, [], now, new Landing
        {
            Task = undo.Id,
            Fence = 0,
            Agent = by,
            Kind = LandingKind.Undo,
            Undoes = id,
            Target = target,
            Base = commit,
            Commit = reverse,
            SubmittedAt = now.Wall,
        });
        transaction.Append(now.Wall, "task.undo-asked", $"{by}: {reason}", undo.Id, by, lease.Fence);
        return new Reply(undo, lease);
    });

    // What waits for a person's word has no lease, so the only one there can be is of a lock file that somebody wrote.
    private static Refusal? OnHold(IStoreReader reader, TaskId id, LeaseClock now) =>
        ClaimRules.CheckHolder(id, reader.LiveLeases(), now, $"Once they agree, remove .lock/{id}.lock and say it again");

    private static WorkTask UndoTask(IStoreTransaction transaction, WorkTask task, string reason, DateTimeOffset now)
    {
        var names = Enumerable.Range(1, int.MaxValue).Select(n => TaskNames.Numbered(TaskNames.Undo(task.Id.Value), n));
        var id = names.First(name => transaction.FindTask(name) is not { } other || other.State is not (TaskState.Merged or TaskState.Submitted or TaskState.Merging));
        return new WorkTask
        {
            Id = id,
            Story = task.Story,
            Epic = task.Epic,
            Title = $"Undo {task.Id}: {reason}",
            Order = task.Order,
            Module = task.Module,
            State = TaskState.Submitted,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    // A lease of its own gives the change its fence; it is in review from the start, so it takes no slot.
    private Lease Enqueue(IStoreTransaction transaction, WorkTask task, AgentId agent, IReadOnlyList<string> files, LeaseClock now, Landing landing)
    {
        var lease = transaction.Add(Timed(
            new Lease
            {
                Fence = 0,
                Kind = LeaseKind.Task,
                Task = task.Id,
                Agent = agent,
                AgentType = options.TypeOf(agent),
                Module = task.Module,
                Epic = task.Epic,
                Files = files,
                AcquiredAt = now.Wall,
                ExpiresAt = now.Wall,
                Duration = options.LeaseDuration,
                Deadline = now.Monotonic,
                ClockBoot = now.Boot,
                BaseCommit = landing.Base,
                InReview = true,
            },
            options.LeaseDuration,
            now));
        transaction.Put(task);
        transaction.Put(landing with { Fence = lease.Fence });
        return lease;
    }
}
