using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Protocol;

/// <summary>Between the look at the leases and the reclaim others may act: what was decided is looked at again in the transaction.</summary>
public sealed class Reclaims_decided_on_old_news : IDisposable
{
    private static readonly Supervisor Elsewhere = new("other-host", "boot-9", 17, 4711);
    private readonly ProtocolBench bench = new ProtocolBench().With(ProtocolBench.Task("1"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_lease_that_was_renewed_meanwhile_stays()
    {
        var token = bench.Token("1");
        bench.Time.Advance(TimeSpan.FromHours(2));
        var decided = Assert.Single(Decide(HolderState.None));
        bench.Protocol.Renew(new TaskId("1"), token);

        Assert.Null(bench.Protocol.Reclaim(decided).Lease);

        Assert.Equal(TaskState.Running, bench["1"].State);
        Assert.Equal("lease.renewed-late", bench.LastEvent);
    }

    [Fact]
    public void A_lease_that_nobody_renewed_is_taken()
    {
        bench.Token("1");
        bench.Time.Advance(TimeSpan.FromHours(2));

        Assert.NotNull(bench.Protocol.Reclaim(Assert.Single(Decide(HolderState.None))).Lease);

        Assert.Equal(TaskState.Ready, bench["1"].State);
    }

    [Fact]
    public void Work_that_was_handed_in_meanwhile_stays_in_review_with_its_files()
    {
        var token = bench.Token("1");
        bench.Time.Advance(TimeSpan.FromHours(2));
        var decided = Assert.Single(Decide(HolderState.None));
        bench.Submit("1", token);

        Assert.Null(bench.Protocol.Reclaim(decided).Lease);

        Assert.Equal(TaskState.Submitted, bench["1"].State);
        Assert.True(Assert.Single(bench.Live).InReview);
    }

    [Fact]
    public void A_supervisor_that_is_heard_again_meanwhile_keeps_its_lease()
    {
        bench.Protocol.Claim(new ClaimRequest(new TaskId("1"), new AgentId("dev-1"), Supervisor: Elsewhere));
        bench.Protocol.Beat(Elsewhere);
        bench.Time.Advance(Heartbeat.DeadAfter);
        var decided = Assert.Single(Decide(HolderState.Unknown));
        bench.Protocol.Beat(Elsewhere);

        Assert.Null(bench.Protocol.Reclaim(decided).Lease);

        Assert.Equal(TaskState.Running, bench["1"].State);
    }

    private List<Decision.Reclaim> Decide(HolderState holder) =>
        [.. Reconciler.Decide(bench.Snapshot(), _ => holder, bench.Protocol.SilenceOf).OfType<Decision.Reclaim>()];
}
