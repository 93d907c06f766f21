using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class What_people_do : IDisposable
{
    private static readonly TaskId One = new("1");
    private static readonly AgentId Me = new("me");
    private readonly ProtocolBench bench = new ProtocolBench().With(Task("1", "a"), Task("2", "b"));

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData(TaskState.Running)]
    [InlineData(TaskState.Submitted)]
    [InlineData(TaskState.Merging)]
    [InlineData(TaskState.Merged)]
    public void Only_open_dead_or_cancelled_work_is_retried(TaskState state)
    {
        bench.Change("1", task => task with { State = state });
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.Retry(One).Refusal!.Code);
        Assert.Equal(RefusalCodes.UnknownTask, bench.Protocol.Retry(new TaskId("9")).Refusal!.Code);
    }

    [Theory]
    [InlineData(TaskState.Dead)]
    [InlineData(TaskState.Cancelled)]
    [InlineData(TaskState.Ready)]
    public void A_retry_starts_at_once_with_all_attempts(TaskState state)
    {
        bench.Change("1", task => task with { State = state, Attempts = 2, NotBefore = Noon.AddHours(1), LastError = "red" });
        Assert.True(bench.Protocol.Retry(One).Done);
        Assert.Equal((0, (string?)null), (bench["1"].Attempts, bench["1"].LastError));
        Assert.True(bench.Claim("1").Done);
    }

    [Fact]
    public void A_reassigned_task_is_taken_from_its_holder()
    {
        var token = bench.Token("1", "dev-1");
        Assert.True(bench.Protocol.Reassign(One, new AgentId("qa-1")).Done);
        Assert.Equal((TaskState.Ready, new AgentId("qa-1"), "qa"), (bench["1"].State, bench["1"].AssignedAgent!.Value, bench["1"].AgentType));
        Assert.Contains("reassigned to qa-1", bench.Protocol.Renew(One, token).Refusal!.Message);
        Assert.True(bench.Claim("1", "qa-1").Done);
    }

    [Theory]
    [InlineData(TaskState.Submitted)]
    [InlineData(TaskState.Merging)]
    [InlineData(TaskState.Merged)]
    public void Work_that_is_done_or_in_review_is_not_reassigned(TaskState state)
    {
        bench.Change("1", task => task with { State = state });
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.Reassign(One, Me).Refusal!.Code);
    }

    [Fact]
    public void A_cancelled_task_stops_its_holder_and_frees_its_files()
    {
        var token = bench.Token("1");
        Assert.True(bench.Protocol.Cancel(One, "not wanted").Done);
        Assert.Equal((TaskState.Cancelled, "not wanted"), (bench["1"].State, bench["1"].LastError));
        Assert.Empty(bench.Live);
        Assert.Contains("cancelled: not wanted", bench.Protocol.Renew(One, token).Refusal!.Message);
        bench.Change("2", task => task with { State = TaskState.Merged });
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.Cancel(new TaskId("2"), "too late").Refusal!.Code);
    }

    [Fact]
    public void Held_files_are_busy_for_everybody_until_the_hold_ends()
    {
        var hold = bench.Protocol.Hold(Me, null, ["a"], TimeSpan.FromMinutes(10), "I edit it");
        Assert.Contains("leased by me for", bench.Claim("1").Refusal!.Message);
        Assert.Equal("I edit it", hold.Lease!.Reason);
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, bench.ReclaimDue());
        Assert.True(bench.Claim("1").Done);
    }

    [Fact]
    public void A_held_task_says_who_holds_it()
    {
        bench.Protocol.Hold(Me, One, [], null, null);
        Assert.Contains("on hold by me", bench.Claim("1").Refusal!.Message);
        Assert.Equal(TaskState.Ready, bench["1"].State);
        Assert.True(bench.Claim("2").Done);
    }

    [Fact]
    public void A_live_lease_wins_over_a_hold()
    {
        bench.Claim("1", "dev-1");
        var before = bench.Dump();
        Assert.Equal(RefusalCodes.AlreadyClaimed, bench.Protocol.Hold(Me, One, [], null, null).Refusal!.Code);
        Assert.Equal(RefusalCodes.FileBusy, bench.Protocol.Hold(Me, null, ["a"], null, null).Refusal!.Code);
        Assert.Equal(RefusalCodes.BadFile, bench.Protocol.Hold(Me, null, ["/a"], null, null).Refusal!.Code);
        Assert.Equal(before, bench.Dump());
    }

    [Fact]
    public void A_hold_lasts_until_the_time_its_file_names()
    {
        Assert.Equal(Noon.AddMinutes(3), bench.Protocol.Hold(Me, One, [], null, null, Noon.AddMinutes(3)).Lease!.ExpiresAt);
        Assert.Equal(Noon.AddHours(2), bench.Protocol.Hold(Me, null, ["x"], null, null).Lease!.ExpiresAt);
    }

    [Fact]
    public void A_hold_becomes_its_holders_claim_but_only_if_that_is_granted()
    {
        bench.Change("1", task => task with { Dependencies = [new TaskId("2")] });
        var hold = bench.Protocol.Hold(new AgentId("dev-1"), One, ["a"], null, null).Lease!;
        Assert.Equal(RefusalCodes.DependenciesOpen, bench.Claim("1", "dev-1").Refusal!.Code);
        Assert.Equal(hold.Fence, Assert.Single(bench.Live).Fence);

        bench.Change("2", task => task with { State = TaskState.Merged });
        Assert.True(bench.Claim("1", "dev-1").Lease!.Fence > hold.Fence);
        Assert.Equal(LeaseKind.Task, Assert.Single(bench.Live).Kind);
    }

    [Fact]
    public void A_task_set_to_completed_by_hand_is_accepted_with_an_event_that_names_it()
    {
        var token = bench.Token("1");
        Assert.True(bench.Protocol.CompleteByHand(One, automatedRun: false).Done);
        Assert.Equal((TaskState.Merged, "by-hand"), (bench["1"].State, bench["1"].CompletedHow));
        Assert.Equal("task.completed-by-hand", bench.LastEvent);
        Assert.True(bench.Protocol.Renew(One, token).Refusal!.Stop);
    }

    [Fact]
    public void A_run_or_a_review_decides_before_the_status_file()
    {
        Assert.Contains("automated run", bench.Protocol.CompleteByHand(One, automatedRun: true).Refusal!.Message);
        bench.Submit("1", bench.Token("1"));
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.CompleteByHand(One, automatedRun: false).Refusal!.Code);
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.OpenByHand(One).Refusal!.Code);
    }

    [Fact]
    public void What_landed_keeps_its_commit_whatever_is_written_by_hand()
    {
        bench.Change("1", task => task with { State = TaskState.Merged, CompletedHow = "landed", Commit = "c0" });
        var before = bench["1"];
        bench.Protocol.CompleteByHand(One, automatedRun: false);
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.OpenByHand(One).Refusal!.Code);
        Assert.Equal((before.Commit, before.CompletedHow, before.State), (bench["1"].Commit, bench["1"].CompletedHow, bench["1"].State));
    }

    [Fact]
    public void What_was_completed_by_hand_can_be_opened_by_hand()
    {
        bench.Protocol.CompleteByHand(One, automatedRun: false);
        Assert.True(bench.Protocol.OpenByHand(One).Done);
        Assert.Equal((TaskState.Ready, (string?)null, (DateTimeOffset?)null), (bench["1"].State, bench["1"].CompletedHow, bench["1"].CompletedAt));
        Assert.Equal("task.reopened-by-hand", bench.LastEvent);
    }
}
