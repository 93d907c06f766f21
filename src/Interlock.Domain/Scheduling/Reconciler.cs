using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Scheduling;

/// <summary>What is known about the process behind a lease.</summary>
public enum HolderState
{
    /// <summary>No process stands behind it: a person's window, or a hold.</summary>
    None,
    Alive,
    Dead,

    /// <summary>The probe failed, or cannot reach so far. Never taken for death: only silence or time may end such a lease.</summary>
    Unknown,
}

/// <summary>
/// Finds leases whose holder is gone. A dead process is known at once, one that cannot be looked at by its heartbeat;
/// everything else waits for the expiry of the lease. The decision only says so: the store checks it again before it acts.
/// </summary>
public static class Reconciler
{
    /// <param name="silence">How long ago the supervisor reported; null when it never did.</param>
    public static IReadOnlyList<Decision> Decide(Snapshot snapshot, Func<Lease, HolderState> probe, Func<Lease, TimeSpan?> silence)
    {
        var decisions = new List<Decision>();
        foreach (var lease in snapshot.Leases)
        {
            // Submitted work is an immutable commit: it lands or returns whoever lives, and guards its files until then.
            if (lease.InReview)
            {
                continue;
            }

            var task = lease.Task ?? default;
            var holder = probe(lease);
            if (holder == HolderState.Dead)
            {
                decisions.Add(new Decision.Reclaim(task, lease.Fence, $"{lease.Agent} died", UsesAttempt: false));
            }
            else if (lease.HasExpired(snapshot.Clock) && holder != HolderState.Alive)
            {
                var what = lease.Kind == LeaseKind.Hold ? "the hold ended" : $"{lease.Agent} let the lease expire";
                decisions.Add(new Decision.Reclaim(task, lease.Fence, what, UsesAttempt: false, ReclaimCause.Expired));
            }
            else if (holder == HolderState.Unknown && Listen(lease, silence(lease)) is { } heard)
            {
                decisions.Add(heard);
            }
        }

        return decisions;
    }

    /// <summary>
    /// Whether what was decided on a snapshot still holds: a lease that was renewed or submitted since, or whose supervisor was
    /// heard again, is nobody's to take. The dead stay dead.
    /// </summary>
    public static bool IsStillDue(ReclaimCause cause, Lease lease, LeaseClock now, TimeSpan? silence) => !lease.InReview && cause switch
    {
        ReclaimCause.Expired => lease.HasExpired(now),
        ReclaimCause.Silent => silence is not { } silent || silent >= Heartbeat.DeadAfter,
        _ => true,
    };

    private static Decision? Listen(Lease lease, TimeSpan? silence) => silence switch
    {
        { } silent when silent >= Heartbeat.DeadAfter => new Decision.Reclaim(lease.Task ?? default, lease.Fence, $"the supervisor of {lease.Agent} has not reported for {Ages.Text(silent)}", UsesAttempt: false, ReclaimCause.Silent),
        { } silent when silent >= Heartbeat.SuspectAfter && !lease.Suspect => new Decision.Doubt(lease.Task ?? default, lease.Fence, true, $"the supervisor of {lease.Agent} has not reported for {Ages.Text(silent)}"),
        { } silent when silent < Heartbeat.SuspectAfter && lease.Suspect => new Decision.Doubt(lease.Task ?? default, lease.Fence, false, $"the supervisor of {lease.Agent} reports again"),
        _ => null,
    };
}
