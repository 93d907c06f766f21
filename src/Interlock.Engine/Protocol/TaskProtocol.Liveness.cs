using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>Who still reports, who waits for files, and what a repaired store must not hand out again.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>Times a task gives its files back and waits before it counts as a failed attempt.</summary>
    public const int MostParks = 3;

    /// <summary>A supervisor says that it is alive. No event: it is said every few seconds.</summary>
    public void Beat(Supervisor holder) => store.Write(transaction =>
    {
        var now = clock.Read();
        transaction.Put(holder, new Heartbeat(now.Wall, now.Monotonic, now.Boot));
        return true;
    });

    /// <summary>For how long the supervisor behind a lease has not reported; null when it has none or never did.</summary>
    public TimeSpan? SilenceOf(Lease lease) => lease.Supervisor is not { } holder ? null
        : store.Read(reader => reader.FindHeartbeat(holder))?.Age(clock.Read());

    /// <summary>Carries out what the reconciler decided, unless the lease was renewed, submitted or heard of since: then the reply names no lease.</summary>
    public Reply Reclaim(Decision.Reclaim decision) => Reclaim(decision.Fence, decision.Reason, decision.UsesAttempt, "lease.reclaimed", (reader, lease, now) =>
        Reconciler.IsStillDue(decision.Cause, lease, now, lease.Supervisor is { } holder ? reader.FindHeartbeat(holder)?.Age(now) : null));

    /// <summary>One consistent reading of what decisions are made on.</summary>
    public Snapshot Snapshot() => store.Read(reader =>
    {
        var tasks = reader.Tasks();
        return new Snapshot(tasks, reader.LiveLeases(), options.Limits, clock.Read())
        {
            // One whose id the plan has taken meanwhile is settled by that.
            Suggestions = [.. reader.Suggestions().Where(suggestion => suggestion.State == SuggestionState.Open && tasks.All(task => task.Id != suggestion.Id))],
        };
    });

    /// <summary>Marks a lease whose supervisor has been silent for a while, or that it reports again. Nothing is taken away yet.</summary>
    public void NoteSilence(long fence, bool silent, string why) => store.Write(transaction =>
    {
        if (transaction.FindLease(fence) is not { Live: true } lease || lease.Suspect == silent)
        {
            return false;
        }

        transaction.Put(lease with { Suspect = silent });
        transaction.Append(clock.Now, silent ? "lease.suspect" : "lease.heard", why, lease.Task, lease.Agent, lease.Fence);
        return true;
    });

    /// <summary>Notes which tasks one tick kept waiting for files, all from the same moment: from then on claims that pass them by are counted (L2).</summary>
    public void NoteWaiting(IReadOnlyList<Decision.Wait> waits) => store.Write(transaction =>
    {
        var (from, now) = (transaction.Revision, clock.Read());
        foreach (var wait in waits)
        {
            if (transaction.FindTask(wait.Task) is { IsOpen: true } task)
            {
                RememberWaiting(transaction, task, wait.Because, from, now);
            }
        }

        return true;
    });

    /// <summary>
    /// Gives everything back because files it needs besides are taken, and waits for all of them together; no attempt is used
    /// up. The last time allowed, its files are reserved at once. Refused when it has been parked as often as allowed.
    /// </summary>
    /// <param name="files">What it needs beyond its lease.</param>
    /// <param name="salvaged">Its work so far; null when there is none.</param>
    public Reply Park(TaskId id, LeaseToken token, IReadOnlyList<string> files, string? salvaged, Refusal busy) => Operate(null, (transaction, now) =>
    {
        var (lease, refusal) = Attempt(transaction, id, token);
        if (lease is null)
        {
            return Reply.Refused(refusal!);
        }

        var task = transaction.FindTask(id)!;
        if (task.Parks >= MostParks)
        {
            return Reply.Refused(busy);
        }

        var ended = End(transaction, lease, "it waits for more files");
        task = task with
        {
            State = TaskState.Ready,
            Files = [.. task.Files.Union(lease.Files, StringComparer.Ordinal).Union(files, StringComparer.Ordinal)],
            Parks = task.Parks + 1,
            WaitingSince = now.Wall,
            WaitingFrom = transaction.Revision,
            Bypasses = task.Parks + 1 == MostParks ? options.Limits.Bypasses : task.Bypasses,
            AssignedAgent = lease.Agent,
            PriorCommit = salvaged ?? task.PriorCommit,
            PriorBase = salvaged is null ? task.PriorBase : lease.BaseCommit,
            UpdatedAt = now.Wall,
        };
        transaction.Put(task);
        transaction.Append(now.Wall, "task.parked", $"it needs {string.Join(", ", files)} too, and {busy.Message}", id, lease.Agent, lease.Fence);
        return new Reply(task, ended);
    });

    /// <summary>No claim gets a fence up to this one any more: others were given out under earlier incarnations of the store.</summary>
    public void SkipFences(long upTo, string why) => store.Write(transaction =>
    {
        transaction.SkipFences(upTo);
        transaction.Append(clock.Now, "fences.skipped", why, fence: upTo);
        return true;
    });

    private static void RememberWaiting(IStoreTransaction transaction, WorkTask task, Refusal refusal, long from, LeaseClock now)
    {
        if (Reservations.Refused(task, refusal.Code, from, now) is { } waiting)
        {
            transaction.Put(waiting);
            transaction.Append(now.Wall, "task.waiting", refusal.Message, task.Id);
        }
    }
}
