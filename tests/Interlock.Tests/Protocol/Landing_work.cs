using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Landing_work : IDisposable
{
    private static readonly TaskId One = new("1");
    private readonly ProtocolBench bench = new ProtocolBench(new Limits { Attempts = 2 }).With(Task("1", "a"));
    private readonly LeaseToken token;

    public Landing_work()
    {
        token = bench.Token("1");
        Assert.True(bench.Submit("1", token).Done);
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Submitted_work_is_an_immutable_commit_in_review()
    {
        var landing = bench.Landing(token);
        Assert.Equal((LandingState.Submitted, Target, "b0", "c0"), (landing.State, landing.Target, landing.Base, landing.Commit));
        Assert.Equal(TaskState.Submitted, bench["1"].State);
        Assert.True(Assert.Single(bench.Live).InReview);
    }

    [Fact]
    public void Work_lands_exactly_once()
    {
        Assert.True(bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0"));
        Assert.Equal((LandingState.Merging, "o0", "n0"), (bench.Landing(token).State, bench.Landing(token).IntentOld, bench.Landing(token).IntentNew));
        Assert.Equal(TaskState.Merging, bench["1"].State);

        bench.Protocol.RecordLanded([token.Fence], "n0");
        Assert.Equal((TaskState.Merged, "landed", "n0"), (bench["1"].State, bench["1"].CompletedHow, bench["1"].Commit));
        Assert.Empty(bench.Live);
        Assert.Equal("task.landed", bench.LastEvent);
        AssertNothingMoves();
    }

    [Fact]
    public void An_intent_is_stored_once()
    {
        bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0");
        var before = bench.Dump();
        Assert.False(bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n1")], "o1"));
        Assert.False(bench.Protocol.TryBeginLanding([new LandingStep(99, "n1")], "o1"));
        Assert.Null(bench.Protocol.Return(token.Fence, "red", null).Task);
        Assert.Equal(before, bench.Dump());
    }

    [Fact]
    public void Nothing_is_recorded_that_was_not_intended()
    {
        var before = bench.Dump();
        bench.Protocol.RecordLanded([token.Fence], "n0");
        bench.Protocol.WithdrawIntent([token.Fence], "the branch moved");
        bench.Protocol.RecordLanded([99], "n0");
        Assert.Equal(before, bench.Dump());
    }

    [Fact]
    public void A_withdrawn_intent_may_be_made_anew()
    {
        bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0");
        bench.Protocol.WithdrawIntent([token.Fence], "the branch moved");
        Assert.Equal((LandingState.Submitted, null, null), (bench.Landing(token).State, bench.Landing(token).IntentOld, bench.Landing(token).IntentNew));
        Assert.Equal(TaskState.Submitted, bench["1"].State);

        Assert.True(bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n1")], "o1"));
        bench.Protocol.RecordLanded([token.Fence], "n0");
        Assert.Equal("n1", bench["1"].Commit);
    }

    [Fact]
    public void Returned_work_goes_back_with_reason_log_and_prior_commit()
    {
        var task = bench.Protocol.Return(token.Fence, "tests are red", "logs/checks.log").Task!;
        Assert.Equal((TaskState.Ready, 1, "tests are red"), (task.State, task.Attempts, task.LastError));
        Assert.Equal(("c0", "b0", "logs/checks.log"), (task.PriorCommit, task.PriorBase, task.LastLog));
        Assert.NotNull(task.NotBefore);
        Assert.Empty(bench.Live);
        Assert.Equal("task.returned", bench.LastEvent);
        AssertNothingMoves();
        Assert.True(bench.Protocol.Renew(One, token).Refusal!.Stop);
    }

    [Fact]
    public void Work_returned_for_the_last_time_is_a_dead_letter()
    {
        bench.Change("1", task => task with { Attempts = 1 });
        Assert.Equal(TaskState.Dead, bench.Protocol.Return(token.Fence, "red", null).Task!.State);
        Assert.Equal("task.dead", bench.LastEvent);
    }

    [Fact]
    public void Work_in_review_outlives_its_agent_and_its_lease()
    {
        Assert.Equal(0, bench.ReclaimDue(HolderState.Dead));
        bench.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, bench.ReclaimDue());
        Assert.Equal(RefusalCodes.FileBusy, bench.With(Task("2", "a")).Claim("2", "dev-2").Refusal!.Code);
        bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0");
        bench.Protocol.RecordLanded([token.Fence], "n0");
        Assert.Equal(TaskState.Merged, bench["1"].State);
    }

    [Fact]
    public void Work_in_review_lands_even_when_somebody_frees_its_files()
    {
        bench.Protocol.Reclaim(token.Fence, "its lock file was removed by hand", usesAttempt: false);
        Assert.Equal(TaskState.Submitted, bench["1"].State);
        Assert.Equal(RefusalCodes.NotOpen, bench.Claim("1", "dev-2").Refusal!.Code);
        Assert.True(bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0"));
        bench.Protocol.RecordLanded([token.Fence], "n0");
        Assert.Equal(TaskState.Merged, bench["1"].State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancelled_work_does_not_land(bool leaseEnded)
    {
        if (leaseEnded)
        {
            bench.Protocol.Reclaim(token.Fence, "its lock file was removed by hand", usesAttempt: false);
        }

        Assert.True(bench.Protocol.Cancel(One, "not wanted").Done);
        Assert.Equal(LandingState.Returned, bench.Landing(token).State);
        AssertNothingMoves();
        Assert.Equal(TaskState.Cancelled, bench["1"].State);
    }

    [Fact]
    public void What_is_about_to_land_cannot_be_cancelled()
    {
        bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n0")], "o0");
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.Cancel(One, "not wanted").Refusal!.Code);
    }

    private void AssertNothingMoves()
    {
        var before = bench.Dump();
        Assert.False(bench.Protocol.TryBeginLanding([new LandingStep(token.Fence, "n9")], "o9"));
        bench.Protocol.RecordLanded([token.Fence], "n0");
        bench.Protocol.WithdrawIntent([token.Fence], "again");
        bench.Protocol.Return(token.Fence, "again", null);
        bench.Protocol.Reclaim(token.Fence, "again", usesAttempt: true);
        Assert.Equal(before, bench.Dump());
    }
}
