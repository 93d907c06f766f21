using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Hot_files : IDisposable
{
    private readonly ProtocolBench bench = new ProtocolBench(new Limits { Hot = FileSet.Parse("lock.json", "db/*.sql") })
        .With(Task("1", "a", "lock.json", "db/*.sql"), Task("2", "b", "lock.json", "db/1.sql"), Task("3", "a", "lock.json"), Task("4", "lock*"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Two_tasks_may_hold_them_at_once_and_other_files_still_keep_tasks_apart()
    {
        Assert.True(bench.Claim("1").Done);
        Assert.Null(bench.Protocol.WhyNot(new TaskId("2")));
        Assert.True(bench.Claim("2", "dev-2").Done);

        var refusal = bench.Claim("3", "dev-3").Refusal!;
        Assert.Equal(RefusalCodes.FileBusy, refusal.Code);
        Assert.StartsWith("a is leased by dev-1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_glob_that_only_happens_to_match_one_waits_for_no_hot_file_of_others()
    {
        Assert.True(bench.Claim("1").Done);
        Assert.True(bench.Claim("4", "dev-4").Done);
    }

    [Fact]
    public void A_lease_is_extended_by_them_whoever_else_has_them()
    {
        var token = bench.Token("3");
        Assert.True(bench.Claim("2", "dev-2").Done);

        Assert.Null(bench.Protocol.Extend(new TaskId("3"), token, ["db/1.sql"]).Refusal);
        Assert.Equal(RefusalCodes.FileBusy, bench.Protocol.Extend(new TaskId("3"), token, ["b"]).Refusal!.Code);
    }

    [Fact]
    public void A_persons_hold_keeps_them_from_everybody()
    {
        Assert.True(bench.Protocol.Hold(new AgentId("manual"), null, ["lock.json"], null, "release").Done);

        Assert.Equal(RefusalCodes.FileBusy, bench.Claim("1").Refusal!.Code);
        Assert.Equal(RefusalCodes.FileBusy, bench.Protocol.Hold(new AgentId("someone"), null, ["lock.json"], null, null).Refusal!.Code);
    }

    [Fact]
    public void Nothing_is_reserved_over_a_hot_file()
    {
        bench.Change("3", task => task with { Files = ["lock.json"], WaitingSince = Noon.AddHours(-1), Bypasses = 9 });

        Assert.True(bench.Claim("2", "dev-2").Done);
        Assert.Equal(9, bench["3"].Bypasses);
    }

    [Fact]
    public void The_scheduler_starts_both()
    {
        var decisions = Scheduler.Decide(bench.Snapshot(), new HashSet<TaskId> { new("1"), new("2") }, [new Worker(new AgentId("x-1"), "x"), new Worker(new AgentId("x-2"), "x")], 2);

        Assert.Equal(2, decisions.OfType<Decision.Claim>().Count());
    }
}
