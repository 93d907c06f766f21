using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Leases_in_time : IDisposable
{
    private static readonly TaskId One = new("1");
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);
    private readonly ProtocolBench bench = new ProtocolBench().With(Task("1", "a"), Task("2", "a", "b"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_lease_expires_at_its_very_instant_and_not_before()
    {
        bench.Claim("1");
        bench.Time.Advance(TwoHours - TimeSpan.FromTicks(1));
        Assert.Equal(0, bench.ReclaimDue());
        bench.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, bench.ReclaimDue());
        Assert.Equal((TaskState.Ready, 0), (bench["1"].State, bench["1"].Attempts));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public void A_wall_clock_that_is_set_does_not_move_the_expiry(int hours)
    {
        bench.Claim("1");
        bench.Time.WallShift = TimeSpan.FromHours(hours);
        Assert.Equal(0, bench.ReclaimDue());
        bench.Time.Advance(TwoHours - TimeSpan.FromTicks(1));
        Assert.Equal(0, bench.ReclaimDue());
        bench.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, bench.ReclaimDue());
    }

    [Fact]
    public void After_a_restart_of_the_host_the_wall_clock_decides()
    {
        var lease = bench.Claim("1").Lease!;
        bench.Time.Advance(TwoHours - TimeSpan.FromMilliseconds(1));
        var restarted = bench.On("boot-2").Clock;
        Assert.False(lease.HasExpired(restarted.Read()));
        bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(lease.HasExpired(restarted.Read()));
        bench.Time.WallShift = TimeSpan.FromHours(-1);
        Assert.False(lease.HasExpired(restarted.Read()));
        Assert.True(lease.HasExpired(bench.Now));
    }

    [Fact]
    public void A_renewal_counts_from_now()
    {
        var token = bench.Token("1");
        bench.Time.Advance(TimeSpan.FromHours(1));
        var renewed = bench.Protocol.Renew(One, token);
        Assert.Equal(Noon.AddHours(3), renewed.Lease!.ExpiresAt);
        Assert.Equal("lease.renewed", bench.LastEvent);
        bench.Time.Advance(TwoHours - TimeSpan.FromTicks(1));
        Assert.Equal(0, bench.ReclaimDue());
        bench.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, bench.ReclaimDue());
    }

    [Fact]
    public void A_renewal_for_another_duration_keeps_that_duration()
    {
        var token = bench.Token("1");
        Assert.Equal(Noon.AddMinutes(5), bench.Protocol.Renew(One, token, TimeSpan.FromMinutes(5)).Lease!.ExpiresAt);
        Assert.Equal(Noon.AddMinutes(5), bench.Protocol.Renew(One, token).Lease!.ExpiresAt);
    }

    [Fact]
    public void A_late_renewal_counts_while_nobody_has_taken_over()
    {
        var token = bench.Token("1");
        bench.Time.Advance(TwoHours);
        Assert.True(bench.Protocol.Renew(One, token).Done);
        Assert.Equal("lease.renewed-late", bench.LastEvent);
        Assert.Equal(0, bench.ReclaimDue());

        bench.Time.Advance(TwoHours);
        bench.ReclaimDue();
        Assert.True(bench.Protocol.Renew(One, token).Refusal!.Stop);
    }

    [Fact]
    public void A_renewal_after_a_restart_of_the_host_is_measured_by_the_new_clock()
    {
        var token = bench.Token("1");
        var lease = bench.On("boot-2").Renew(One, token).Lease!;
        Assert.Equal("boot-2", lease.ClockBoot);
        bench.Time.WallShift = TimeSpan.FromHours(9);
        Assert.False(lease.HasExpired(bench.On("boot-2").Clock.Read()));
    }

    [Fact]
    public void A_reclaim_decided_long_ago_does_not_free_the_successor()
    {
        var first = bench.Token("1", "dev-1");
        bench.Protocol.Reclaim(first.Fence, "expired", usesAttempt: false);
        var second = bench.Token("1", "dev-2");
        var before = bench.Dump();

        bench.Protocol.Reclaim(first.Fence, "expired", usesAttempt: true);
        bench.Protocol.Reclaim(12345, "no such lease", usesAttempt: true);
        Assert.Equal(before, bench.Dump());
        Assert.True(bench.Protocol.Check(One, second).Done);
    }

    [Fact]
    public void More_files_are_granted_at_once_or_refused_at_once_with_holder_and_age()
    {
        var token = bench.Token("1", "dev-1");
        bench.With(Task("3", "c")).Claim("3", "dev-3");
        bench.Time.Advance(TimeSpan.FromMinutes(7));

        var busy = bench.Protocol.Extend(One, token, ["d", "c"]).Refusal!;
        Assert.Equal((RefusalCodes.FileBusy, new AgentId("dev-3"), TimeSpan.FromMinutes(7)), (busy.Code, busy.Holder!.Value, busy.Age!.Value));
        Assert.Equal(["a"], bench.Live[0].Files);
        Assert.False(busy.Stop);

        Assert.Equal(["a", "d"], bench.Protocol.Extend(One, token, ["d", "a"]).Lease!.Files);
        Assert.Equal(RefusalCodes.FileBusy, bench.With(Task("4", "d")).Claim("4", "dev-4").Refusal!.Code);
        Assert.Equal(RefusalCodes.BadFile, bench.Protocol.Extend(One, token, ["../x"]).Refusal!.Code);
    }

    [Fact]
    public void A_dead_holder_is_known_at_once_and_an_unknown_one_only_by_time()
    {
        bench.Claim("1");
        Assert.Equal(0, bench.ReclaimDue(HolderState.Unknown));
        Assert.Equal(1, bench.ReclaimDue(HolderState.Dead));
        bench.Claim("1");
        bench.Time.Advance(TwoHours);
        Assert.Equal(0, bench.ReclaimDue(HolderState.Alive));
        Assert.Equal(1, bench.ReclaimDue(HolderState.Unknown));
    }

    [Fact]
    public void A_registered_process_is_remembered()
    {
        var process = new Supervisor("host", "boot", 4711, 99);
        bench.Protocol.Register(bench.Token("1"), process);
        Assert.Equal(process, bench.Live[0].Process);
        Assert.Equal("agent.started", bench.LastEvent);
    }
}
