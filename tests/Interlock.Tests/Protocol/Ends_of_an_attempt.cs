using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Ends_of_an_attempt : IDisposable
{
    private static readonly TaskId One = new("1");
    private readonly ProtocolBench bench = new ProtocolBench(new Limits { Attempts = 3 }).With(Task("1"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_release_opens_the_task_and_uses_no_attempt()
    {
        Assert.True(bench.Protocol.Release(One, bench.Token("1"), "lunch").Done);
        Assert.Equal((TaskState.Ready, 0, (DateTimeOffset?)null), (bench["1"].State, bench["1"].Attempts, bench["1"].NotBefore));
        Assert.Empty(bench.Live);
        Assert.Equal("task.released", bench.LastEvent);
        Assert.True(bench.Claim("1", "dev-2").Done);
    }

    [Fact]
    public void A_failure_uses_an_attempt_and_waits_longer_each_time()
    {
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var failed = bench.Protocol.Fail(One, bench.Token("1"), "tests are red", "logs/1.log").Task!;
            Assert.Equal((TaskState.Ready, attempt, "tests are red", "logs/1.log"), (failed.State, failed.Attempts, failed.LastError, failed.LastLog));
            var wait = failed.NotBefore!.Value - bench.Time.GetUtcNow();
            Assert.InRange(wait, Backoff.After(attempt, 0), Backoff.After(attempt, 1));
            Assert.Equal(RefusalCodes.Backoff, bench.Claim("1").Refusal!.Code);
            bench.Time.Advance(wait);
        }

        Assert.Equal("task.failed", bench.LastEvent);
    }

    [Fact]
    public void The_last_attempt_ends_in_a_dead_letter_until_a_person_retries()
    {
        bench.Change("1", task => task with { Attempts = 2 });
        var dead = bench.Protocol.Fail(One, bench.Token("1"), "red again").Task!;
        Assert.Equal((TaskState.Dead, 3, (DateTimeOffset?)null), (dead.State, dead.Attempts, dead.NotBefore));
        Assert.Equal("task.dead", bench.LastEvent);
        Assert.Equal(RefusalCodes.Held, bench.Claim("1").Refusal!.Code);

        Assert.True(bench.Protocol.Retry(One).Done);
        Assert.Equal((TaskState.Ready, 0, (string?)null), (bench["1"].State, bench["1"].Attempts, bench["1"].LastError));
        Assert.True(bench.Claim("1").Done);
    }

    [Fact]
    public void Salvaged_work_of_a_failure_is_where_the_next_attempt_starts()
    {
        var claim = bench.Protocol.Claim(new(One, new AgentId("dev-1"), BaseCommit: "b0", WorktreeName: fence => $"1-{fence}"));
        Assert.Equal($"1-{claim.Lease!.Fence}", bench.Live[0].Worktree);
        bench.Protocol.Fail(One, TokenOf(claim), "red", salvaged: "s0");
        Assert.Equal(("s0", "b0"), (bench["1"].PriorCommit, bench["1"].PriorBase));
    }

    [Fact]
    public void A_reclaim_counts_an_attempt_only_when_told_so()
    {
        bench.Protocol.Reclaim(bench.Token("1").Fence, "crash", usesAttempt: false);
        Assert.Equal(0, bench["1"].Attempts);
        bench.Protocol.Reclaim(bench.Token("1").Fence, "it hung", usesAttempt: true);
        Assert.Equal((TaskState.Ready, 1), (bench["1"].State, bench["1"].Attempts));
    }

    [Fact]
    public void A_reclaim_that_uses_up_the_last_attempt_ends_in_a_dead_letter()
    {
        bench.Change("1", task => task with { Attempts = 2 });
        bench.Protocol.Reclaim(bench.Token("1").Fence, "it hung", usesAttempt: true);
        Assert.Equal((TaskState.Dead, 3, "it hung"), (bench["1"].State, bench["1"].Attempts, bench["1"].LastError));
    }

    [Fact]
    public void A_block_waits_for_a_person()
    {
        Assert.True(bench.Protocol.Block(One, bench.Token("1"), "which database?", null).Done);
        Assert.Equal((TaskState.Dead, "which database?", 0), (bench["1"].State, bench["1"].LastError, bench["1"].Attempts));
        Assert.Empty(bench.Live);
        Assert.Equal("task.blocked", bench.LastEvent);
    }

    [Fact]
    public void Without_a_token_only_unclaimed_unfinished_work_can_be_blocked()
    {
        var by = new AgentId("me");
        var token = bench.Token("1");
        Assert.Equal(RefusalCodes.NotHolder, bench.Protocol.Block(One, null, "why", by).Refusal!.Code);
        bench.Submit("1", token);
        bench.Protocol.Reclaim(token.Fence, "its lock file was removed", usesAttempt: false);
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.Block(One, null, "why", by).Refusal!.Code);

        bench.With(Task("2"), Task("3") with { State = TaskState.Merged });
        Assert.True(bench.Protocol.Block(new TaskId("2"), null, "why", by).Done);
        Assert.Equal(RefusalCodes.NotOpen, bench.Protocol.Block(new TaskId("3"), null, "why", by).Refusal!.Code);
        Assert.Equal(RefusalCodes.UnknownTask, bench.Protocol.Block(new TaskId("9"), null, "why", by).Refusal!.Code);
    }

    [Fact]
    public void A_completion_is_final_and_logged_by_how_it_came_about()
    {
        var done = bench.Protocol.Complete(One, bench.Token("1"), "no-code", null, "a decision").Task!;
        Assert.Equal((TaskState.Merged, "no-code", (string?)null), (done.State, done.CompletedHow, done.Commit));
        Assert.Equal("task.completed-without-code", bench.LastEvent);
        Assert.Equal(RefusalCodes.NotOpen, bench.Claim("1").Refusal!.Code);

        bench.With(Task("2"));
        Assert.Equal("c0", bench.Protocol.Complete(new TaskId("2"), bench.Token("2"), "landed", "c0", "c0").Task!.Commit);
        Assert.Equal("task.landed", bench.LastEvent);
        Assert.Empty(bench.Live);
    }

    [Fact]
    public void Interrupted_work_is_remembered_until_the_task_is_finished()
    {
        bench.Protocol.RememberPriorWork(One, "s0", "b0");
        Assert.Equal(("s0", "b0"), (bench["1"].PriorCommit, bench["1"].PriorBase));
        Assert.Equal("work.salvaged", bench.LastEvent);

        var before = bench.Dump();
        bench.Protocol.RememberPriorWork(One, null, "b1");
        bench.Protocol.RememberPriorWork(new TaskId("9"), "s1", "b1");
        Assert.Equal(before, bench.Dump());
        before = bench.Change("1", task => task with { State = TaskState.Merged }).Dump();
        bench.Protocol.RememberPriorWork(One, "s1", "b1");
        Assert.Equal(before, bench.Dump());
    }
}
