using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Scheduling;

public sealed class ReconcilerTests
{
    private static readonly TaskId One = new("1");
    private static readonly Lease Lease = Rows.Lease(One, new AgentId("dev-1")) with { Fence = 7 };
    private static readonly TimeSpan End = Lease.Deadline;

    [Theory]
    [InlineData(HolderState.None, -1, false)]
    [InlineData(HolderState.Alive, -1, false)]
    [InlineData(HolderState.Unknown, -1, false)]
    [InlineData(HolderState.Dead, -1, true)]
    [InlineData(HolderState.None, 0, true)]
    [InlineData(HolderState.Alive, 0, false)]
    [InlineData(HolderState.Unknown, 0, true)]
    [InlineData(HolderState.Dead, 0, true)]
    public void A_lease_ends_by_death_or_by_time_but_never_by_a_failed_probe(HolderState holder, int ticks, bool reclaimed) =>
        Assert.Equal(reclaimed, Decide(Lease, holder, End + TimeSpan.FromTicks(ticks)).Count == 1);

    [Fact]
    public void A_reclaim_names_lease_and_reason_and_costs_no_attempt()
    {
        var dead = Assert.IsType<Decision.Reclaim>(Assert.Single(Decide(Lease, HolderState.Dead, TimeSpan.Zero)));
        Assert.Equal((One, 7L, "dev-1 died", false), (dead.Task, dead.Fence, dead.Reason, dead.UsesAttempt));
        Assert.Contains("let the lease expire", Reason(Lease));
        Assert.Contains("the hold ended", Reason(Lease with { Kind = LeaseKind.Hold, Task = null }));
    }

    [Theory]
    [InlineData(HolderState.Dead)]
    [InlineData(HolderState.None)]
    [InlineData(HolderState.Unknown)]
    public void Work_in_review_waits_for_its_verdict_alone(HolderState holder) =>
        Assert.Empty(Decide(Lease with { InReview = true }, holder, End + TimeSpan.FromDays(1)));

    [Fact]
    public void Each_lease_is_judged_by_itself()
    {
        var leases = Enumerable.Range(1, 4).Select(i => Rows.Lease(new TaskId($"{i}"), new AgentId($"dev-{i}")) with { Fence = i }).ToList();
        var snapshot = new Snapshot([], leases, Limits.Default, new LeaseClock(default, TimeSpan.Zero, "boot"));
        var decided = Reconciler.Decide(snapshot, lease => lease.Fence % 2 == 0 ? HolderState.Dead : HolderState.Alive, _ => null);
        Assert.Equal([2L, 4], decided.Cast<Decision.Reclaim>().Select(decision => decision.Fence));
    }

    private static IReadOnlyList<Decision> Decide(Lease lease, HolderState holder, TimeSpan monotonic) =>
        Reconciler.Decide(new Snapshot([], [lease], Limits.Default, new LeaseClock(lease.AcquiredAt, monotonic, lease.ClockBoot)), _ => holder, _ => null);

    private static string Reason(Lease lease) => ((Decision.Reclaim)Decide(lease, HolderState.None, End)[0]).Reason;
}
