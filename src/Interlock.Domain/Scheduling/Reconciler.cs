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

    /// <summary>The probe failed. Never taken for death: only time may end such a lease.</summary>
    Unknown,
}

/// <summary>
/// Finds leases whose holder is gone. A dead process is known at once; everything else waits for the
/// expiry of the lease. The decision only says so: the store re-checks the fence before it acts.
/// </summary>
public static class Reconciler
{
    public static IReadOnlyList<Decision> Decide(Snapshot snapshot, Func<Lease, HolderState> probe)
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
                decisions.Add(new Decision.Reclaim(task, lease.Fence, what, UsesAttempt: false));
            }
        }

        return decisions;
    }
}
