using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

/// <summary>No starvation (L2): who is passed by often or long enough goes first.</summary>
public sealed class Waiting_for_files : IDisposable
{
    private readonly ProtocolBench bench = new ProtocolBench().With(Task("wide", "a", "b", "c", "d", "e"), Task("a", "a"), Task("b", "b"), Task("c", "c"), Task("d", "d"), Task("z", "z"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void After_three_bypasses_overlapping_claims_wait()
    {
        bench.Claim("a", "dev-1");
        Assert.Equal(RefusalCodes.FileBusy, Ask("wide").Code);
        Assert.Equal(Noon, bench["wide"].WaitingSince);
        Assert.Equal("task.waiting", bench.LastEvent);
        Assert.True(bench.Claim("b", "dev-2").Done);
        Assert.True(bench.Claim("c", "dev-3").Done);
        Assert.Equal(2, bench["wide"].Bypasses);
        bench.With(Task("e", "e"));
        Assert.True(bench.Claim("e", "dev-4").Done);

        var refusal = Ask("d");
        Assert.Equal((RefusalCodes.Reserved, new TaskId("wide")), (refusal.Code, refusal.HolderTask!.Value));
        Assert.Contains("reserved for task wide, which 3 claims have passed by", refusal.Message);
        Assert.True(bench.Claim("z", "dev-6").Done);
        FreeAll();
        Assert.Equal(RefusalCodes.Reserved, Ask("d").Code);
        Assert.True(bench.Claim("wide").Done);
        Assert.Equal((0, null, null), (bench["wide"].Bypasses, bench["wide"].WaitingSince, bench["wide"].PassedAt));
        FreeAll();
        Assert.True(bench.Claim("d").Done);
    }

    [Fact]
    public void An_extension_waits_for_a_reservation_too_unless_its_files_are_changed_already()
    {
        bench.Claim("a", "dev-1");
        Ask("wide");
        bench.Claim("b", "dev-2");
        bench.Claim("c", "dev-3");
        bench.With(Task("e", "e"));
        Assert.True(bench.Claim("e", "dev-4").Done);
        var other = bench.Token("z", "dev-6");
        Assert.Equal(RefusalCodes.Reserved, Ask("d").Code);

        var refusal = bench.Protocol.Extend(new TaskId("z"), other, ["d"]).Refusal!;

        Assert.Equal((RefusalCodes.Reserved, new TaskId("wide")), (refusal.Code, refusal.HolderTask!.Value));
        Assert.True(bench.Protocol.Extend(new TaskId("z"), other, ["free"]).Done);
        Assert.True(bench.Protocol.Extend(new TaskId("z"), other, ["d"], isDone: true).Done);
    }

    [Fact]
    public void A_quarter_of_an_hour_after_the_first_bypass_it_is_enough()
    {
        bench.Claim("a", "dev-1");
        Ask("wide");
        bench.Time.Advance(TimeSpan.FromHours(1));
        bench.Claim("b", "dev-2");
        bench.Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        Assert.Null(bench.Protocol.WhyNot(new TaskId("c")));
        bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(RefusalCodes.Reserved, Ask("c").Code);
    }

    [Fact]
    public void Who_is_done_before_a_waiting_task_could_start_may_still_go_first_but_only_three_times()
    {
        bench.Claim("a", "dev-1");
        Ask("wide");
        bench.Claim("b", "dev-2");
        bench.Time.Advance(TimeSpan.FromMinutes(20));
        var left = TimeSpan.FromMinutes(40);

        Assert.Equal(RefusalCodes.Reserved, Ask("c", left + TimeSpan.FromMilliseconds(1)).Code);
        Assert.True(Try("c", left).Done);
        Assert.True(Try("d", TimeSpan.FromMinutes(1)).Done);
        Assert.Equal(3, bench["wide"].Bypasses);
        bench.With(Task("e", "e"));
        Assert.Equal(RefusalCodes.Reserved, Ask("e", TimeSpan.FromMinutes(1)).Code);
    }

    [Fact]
    public void Nobody_goes_before_a_reservation_because_work_is_in_review()
    {
        bench.Submit("a", bench.Token("a"));
        Ask("wide");
        bench.Claim("b", "dev-2");
        bench.Protocol.Reclaim(bench.Live.Single(lease => lease.Task == new TaskId("b")).Fence, "done", usesAttempt: false);
        bench.Time.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(RefusalCodes.Reserved, Ask("c", TimeSpan.FromMinutes(1)).Code);
    }

    [Fact]
    public void Waiting_alone_reserves_nothing()
    {
        bench.Claim("a", "dev-1");
        Ask("wide");
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(bench.Claim("b", "dev-2").Done);
    }

    [Fact]
    public void A_claim_elsewhere_bypasses_nobody()
    {
        bench.Claim("a", "dev-1");
        Ask("wide");
        bench.Claim("z", "dev-2");
        Assert.Equal(0, bench["wide"].Bypasses);
    }

    [Fact]
    public void Those_that_began_to_wait_together_do_not_wait_for_each_other()
    {
        foreach (var id in new[] { "left", "right" })
        {
            bench.With(Task(id, "a", "b") with { WaitingSince = Noon, WaitingFrom = 7, Bypasses = 3 });
        }

        Assert.Null(bench.Protocol.WhyNot(new TaskId("left")));
        Assert.Null(bench.Protocol.WhyNot(new TaskId("right")));
        bench.Claim("left", "dev-1");
        Assert.Equal(3, bench["right"].Bypasses);
    }

    [Fact]
    public void The_one_that_waits_longer_goes_first()
    {
        bench.With(Task("young", "a") with { WaitingSince = Noon, WaitingFrom = 8, Bypasses = 3 }, Task("old", "a") with { WaitingSince = Noon, WaitingFrom = 7, Bypasses = 3 });
        Assert.Equal(new TaskId("old"), bench.Protocol.WhyNot(new TaskId("young"))!.HolderTask);
        Assert.Null(bench.Protocol.WhyNot(new TaskId("old")));
    }

    [Fact]
    public void Setting_the_clock_back_does_not_let_a_later_one_go_first()
    {
        bench.Claim("a", "dev-1");
        Ask("wide");
        bench.Time.WallShift = TimeSpan.FromHours(-1);
        bench.With(Task("late", "a"));
        Ask("late");
        Assert.True(bench["late"].WaitingSince < bench["wide"].WaitingSince);
        bench.With(bench["wide"] with { Bypasses = 3 });
        FreeAll();
        Assert.Equal((RefusalCodes.Reserved, new TaskId("wide")), (Ask("late").Code, Ask("late").HolderTask!.Value));
    }

    [Theory]
    [InlineData(TaskState.Submitted)]
    [InlineData(TaskState.Dead)]
    [InlineData(TaskState.Cancelled)]
    [InlineData(TaskState.Ready)]
    public void A_task_whose_dependency_is_not_on_the_branch_reserves_nothing_and_nobody_passes_it_by(TaskState dependency)
    {
        bench.With(Task("first", "z") with { State = dependency }, Task("stuck", "a") with { WaitingSince = Noon, WaitingFrom = 1, Bypasses = 3, Dependencies = [new TaskId("first")] });
        Assert.True(bench.Claim("a", "dev-1").Done);
        Assert.Equal(3, bench["stuck"].Bypasses);
    }

    [Fact]
    public void A_task_that_waits_out_a_pause_reserves_nothing_until_it_ends()
    {
        bench.With(Task("paused", "a") with { WaitingSince = Noon, WaitingFrom = 1, Bypasses = 3, NotBefore = Noon.AddMinutes(1) });
        Assert.Null(bench.Protocol.WhyNot(new TaskId("a")));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(RefusalCodes.Reserved, bench.Protocol.WhyNot(new TaskId("a"))!.Code);
    }

    [Theory]
    [InlineData(TaskState.Cancelled, null)]
    [InlineData(TaskState.Dead, null)]
    [InlineData(TaskState.Ready, "the plan is broken")]
    public void A_task_that_cannot_start_reserves_nothing(TaskState state, string? held)
    {
        bench.With(Task("stuck", "a") with { WaitingSince = Noon, Bypasses = 3, State = state, HeldBecause = held });
        Assert.Null(bench.Protocol.WhyNot(new TaskId("a")));
    }

    [Fact]
    public void A_task_reserves_nothing_against_its_own_dependency()
    {
        bench.With(Task("later", "a") with { WaitingSince = Noon, Bypasses = 3, Dependencies = [new TaskId("a")] });
        Assert.Null(bench.Protocol.WhyNot(new TaskId("a")));
    }

    [Fact]
    public void Nine_agents_on_small_tasks_do_not_starve_a_wide_one()
    {
        using var crowd = new ProtocolBench(new Limits { PerModule = 99 });
        string[] files = [.. Enumerable.Range(0, 9).Select(i => $"f{i}")];
        crowd.With(Task("wide", files));
        var turnovers = 0;
        for (var round = 0; !crowd.Claim("wide", "qa-1").Done; round++)
        {
            turnovers = round;
            Assert.True(round < 12, "the wide task starves");
            for (var i = 0; i < files.Length; i++)
            {
                crowd.Live.Where(lease => lease.Agent.Value == $"dev-{i}").ToList().ForEach(lease => crowd.Protocol.Reclaim(lease.Fence, "done", usesAttempt: false));
                crowd.With(Task($"t{round}-{i}", files[i])).Claim($"t{round}-{i}", $"dev-{i}");
                if (round == 0 && i == 0)
                {
                    crowd.Claim("wide", "qa-1");
                }
            }
        }

        Assert.InRange(turnovers, 0, 3);
    }

    private Refusal Ask(string task) => bench.Claim(task, "dev-9").Refusal!;

    private Refusal Ask(string task, TimeSpan takes) => Try(task, takes).Refusal!;

    // Of an agent that expects an hour of the tasks that others work on.
    private Reply Try(string task, TimeSpan takes) => bench.Protocol.Claim(new ClaimRequest(new TaskId(task), new AgentId($"dev-{task}"))
    {
        Effort = other => other.Id.Value == task ? takes : TimeSpan.FromHours(1),
    });

    private void FreeAll() => bench.Live.ToList().ForEach(lease => bench.Protocol.Reclaim(lease.Fence, "done", usesAttempt: false));
}
