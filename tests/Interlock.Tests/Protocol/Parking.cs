using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Tests.Protocol;

public sealed class Parking : IDisposable
{
    private static readonly TaskId One = new("1");
    private static readonly Refusal Busy = new(RefusalCodes.FileBusy, "src/b is leased by dev-2", "Wait");
    private readonly ProtocolBench bench = new ProtocolBench().With(ProtocolBench.Task("1", "src/a"), ProtocolBench.Task("2", "src/b"), ProtocolBench.Task("3", "src/b"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_parked_task_gives_all_back_and_waits_for_all_it_needs_without_using_up_an_attempt()
    {
        var other = bench.Token("2", "dev-2");
        var token = bench.Token("1");

        var parked = bench.Protocol.Park(One, token, ["src/b"], "c0ffee", Busy);

        Assert.True(parked.Done);
        Assert.Equal((TaskState.Ready, 0, 1, "c0ffee"), (parked.Task!.State, parked.Task.Attempts, parked.Task.Parks, parked.Task.PriorCommit));
        Assert.Equal(["src/a", "src/b"], parked.Task.Files);
        Assert.Equal("task.parked", bench.LastEvent);
        Assert.Equal("dev-2", Assert.Single(bench.Live).Agent.Value);
        Assert.Equal(RefusalCodes.NotCurrent, bench.Protocol.Renew(One, token).Refusal!.Code);
        Assert.Equal(RefusalCodes.FileBusy, bench.Claim("1").Refusal!.Code);
        bench.Protocol.Release(new TaskId("2"), other);
        Assert.Equal(["src/a", "src/b"], bench.Claim("1").Lease!.Files);
    }

    [Fact]
    public void The_last_time_allowed_its_files_are_reserved_at_once_and_then_it_is_refused()
    {
        for (var turn = 1; turn <= 3; turn++)
        {
            Assert.True(bench.Protocol.Park(One, bench.Token("1"), [$"src/more{turn}", "src/b"], null, Busy).Done);
            Assert.Equal(turn == 3 ? RefusalCodes.Reserved : null, bench.Protocol.WhyNot(new TaskId("3"), new AgentId("dev-2"))?.Code);
        }

        var refused = bench.Protocol.Park(One, bench.Token("1"), ["src/x"], null, Busy);

        Assert.Equal(Busy, refused.Refusal);
        Assert.Single(bench.Live);
    }

    [Fact]
    public void A_stale_holder_parks_nothing()
    {
        var token = bench.Token("1");
        bench.Protocol.Release(One, token);

        Assert.Equal(RefusalCodes.NotCurrent, bench.Protocol.Park(One, token, ["src/b"], null, Busy).Refusal!.Code);
        Assert.Equal(0, bench["1"].Parks);
    }
}
