using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Protocol;

public sealed class Silent_supervisors : IDisposable
{
    private static readonly Supervisor Elsewhere = new("other-host", "boot-9", 17, 4711);
    private readonly ProtocolBench bench = new ProtocolBench().With(ProtocolBench.Task("1"));

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData(44, null)]
    [InlineData(45, "lease.suspect")]
    [InlineData(119, "lease.suspect")]
    [InlineData(120, "lease.reclaimed")]
    public void One_that_cannot_be_looked_at_is_suspect_after_45_seconds_and_gone_after_120(int seconds, string? expected)
    {
        ClaimFrom(Elsewhere);
        bench.Protocol.Beat(Elsewhere);
        bench.Time.Advance(TimeSpan.FromSeconds(seconds));

        Apply(HolderState.Unknown);

        Assert.Equal(expected ?? "task.claimed", bench.LastEvent);
        Assert.Equal(expected == "lease.reclaimed" ? TaskState.Ready : TaskState.Running, bench["1"].State);
        Assert.Equal(expected == "lease.suspect", bench.Live.Any(lease => lease.Suspect));
        Apply(HolderState.Unknown);
        Assert.Equal(expected ?? "task.claimed", bench.LastEvent);
    }

    [Fact]
    public void One_that_is_heard_again_is_trusted_again()
    {
        ClaimFrom(Elsewhere);
        bench.Protocol.Beat(Elsewhere);
        bench.Time.Advance(TimeSpan.FromSeconds(100));
        Apply(HolderState.Unknown);
        bench.Protocol.Beat(Elsewhere);
        bench.Time.Advance(TimeSpan.FromSeconds(40));

        Apply(HolderState.Unknown);

        Assert.Equal("lease.heard", bench.LastEvent);
        Assert.False(Assert.Single(bench.Live).Suspect);
    }

    [Theory]
    [InlineData(HolderState.Alive)]
    [InlineData(HolderState.None)]
    public void Silence_takes_nothing_from_a_process_that_lives_or_from_a_window(HolderState holder)
    {
        ClaimFrom(holder == HolderState.None ? null : Elsewhere);
        bench.Protocol.Beat(Elsewhere);
        bench.Time.Advance(TimeSpan.FromMinutes(30));

        Apply(holder);

        Assert.Equal("task.claimed", bench.LastEvent);
    }

    [Fact]
    public void One_that_never_reported_is_judged_by_time_alone()
    {
        ClaimFrom(Elsewhere);
        bench.Time.Advance(TimeSpan.FromMinutes(119));
        Apply(HolderState.Unknown);
        Assert.Equal("task.claimed", bench.LastEvent);

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Apply(HolderState.Unknown);
        Assert.Equal("lease.reclaimed", bench.LastEvent);
    }

    [Fact]
    public void Silence_is_measured_by_the_clock_nobody_can_set_where_both_sides_share_it()
    {
        ClaimFrom(Elsewhere);
        bench.Protocol.Beat(Elsewhere);
        bench.Time.WallShift = TimeSpan.FromHours(3);
        Apply(HolderState.Unknown);
        Assert.Equal("task.claimed", bench.LastEvent);

        bench.Time.WallShift = TimeSpan.FromHours(-3);
        bench.Time.Advance(TimeSpan.FromSeconds(120));
        Apply(HolderState.Unknown);
        Assert.Equal("lease.reclaimed", bench.LastEvent);
    }

    private void ClaimFrom(Supervisor? supervisor) =>
        Assert.True(bench.Protocol.Claim(new ClaimRequest(new TaskId("1"), new AgentId("dev-1"), Supervisor: supervisor)).Done);

    private void Apply(HolderState holder)
    {
        foreach (var decision in Reconciler.Decide(bench.Snapshot(), _ => holder, bench.Protocol.SilenceOf))
        {
            switch (decision)
            {
                case Decision.Reclaim reclaim:
                    bench.Protocol.Reclaim(reclaim.Fence, reclaim.Reason, reclaim.UsesAttempt);
                    break;
                case Decision.Doubt doubt:
                    bench.Protocol.NoteSilence(doubt.Fence, doubt.Silent, doubt.Reason);
                    break;
            }
        }
    }
}
