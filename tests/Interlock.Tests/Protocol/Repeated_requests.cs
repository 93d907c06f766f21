using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using static Interlock.Tests.Protocol.ProtocolBench;

namespace Interlock.Tests.Protocol;

public sealed class Repeated_requests : IDisposable
{
    private static readonly TaskId One = new("1");
    private readonly ProtocolBench bench = new ProtocolBench().With(Task("1", "a"), Task("2", "b"));

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_repeated_claim_gets_the_same_token_and_takes_nothing_more()
    {
        var first = bench.Claim("1", request: "r1");
        var before = bench.Dump();
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        AssertSame(first, bench.Claim("1", request: "r1"));
        Assert.Equal(before, bench.Dump());
        Assert.True(bench.Protocol.Renew(One, TokenOf(first)).Done);
    }

    [Fact]
    public void The_same_id_with_other_arguments_is_another_request()
    {
        var token = bench.Token("1");
        Assert.Equal(["a", "x"], bench.Protocol.Extend(One, token, ["x"], "r").Lease!.Files);
        Assert.Equal(["a", "x", "y"], bench.Protocol.Extend(One, token, ["y"], "r").Lease!.Files);
        var soon = bench.Protocol.Renew(One, token, TimeSpan.FromMinutes(1), "r").Lease!.ExpiresAt;
        Assert.True(bench.Protocol.Renew(One, token, TimeSpan.FromMinutes(2), "r").Lease!.ExpiresAt > soon);
        Assert.Equal(["b", "c"], bench.Claim("2", "dev-2", "r", "b", "c").Lease!.Files);
        Assert.Equal(RefusalCodes.AlreadyClaimed, bench.Claim("2", "dev-2", "r", "b").Refusal!.Code);
    }

    [Fact]
    public void A_refusal_is_repeated_too()
    {
        var token = bench.Token("1", "dev-1");
        var first = bench.Claim("1", "dev-2", "r1");
        bench.Protocol.Release(One, token);
        AssertSame(first, bench.Claim("1", "dev-2", "r1"));
        Assert.True(bench.Claim("1", "dev-2", "r2").Done);
    }

    [Fact]
    public void A_repeated_failure_uses_one_attempt()
    {
        var token = bench.Token("1");
        var first = bench.Protocol.Fail(One, token, "red", request: "r1");
        AssertSame(first, bench.Protocol.Fail(One, token, "red", request: "r1"));
        Assert.Equal(1, bench["1"].Attempts);
        Assert.True(bench.Protocol.Fail(One, token, "red", request: "r2").Refusal!.Stop);
    }

    [Fact]
    public void Every_operation_repeats_its_answer()
    {
        var token = bench.Token("1");
        Twice(() => bench.Protocol.Renew(One, token, request: "a"));
        Twice(() => bench.Protocol.Extend(One, token, ["x"], "b"));
        Twice(() => bench.Protocol.Release(One, token, null, "c"));
        token = bench.Token("1");
        Twice(() => bench.Protocol.Block(One, token, "why", null, "d"));
        token = bench.Token("2");
        Twice(() => bench.Protocol.Complete(new TaskId("2"), token, "no-code", null, "why", "e"));
    }

    [Fact]
    public void A_request_id_answers_only_whoever_asked_first()
    {
        var ada = bench.Claim("1", "dev-1", "r1");
        var ben = bench.Claim("1", "dev-2", "r1");
        Assert.Equal(RefusalCodes.AlreadyClaimed, ben.Refusal?.Code);
        Assert.True(bench.Claim("2", "dev-1", "r1").Lease!.Task == new TaskId("2"));

        bench.Protocol.Renew(One, TokenOf(ada), request: "r2");
        var forged = TokenOf(ada) with { Secret = new string('0', 32) };
        Assert.Equal(RefusalCodes.NotCurrent, bench.Protocol.Renew(One, forged, request: "r2").Refusal?.Code);
        Assert.True(bench.Protocol.Fail(One, TokenOf(ada), "red", request: "r2").Task!.Attempts == 1);
    }

    [Fact]
    public void An_answer_survives_the_process_that_asked()
    {
        var first = bench.Claim("1", request: "r1");
        var other = bench.OnAnotherConnection();
        AssertSame(first, other.Claim(new ClaimRequest(One, new AgentId("dev-1"), Request: "r1")));
        other.Store.Dispose();
    }

    private void Twice(Func<Reply> operation)
    {
        var first = operation();
        Assert.True(first.Done, first.Refusal?.Message);
        var before = bench.Dump();
        AssertSame(first, operation());
        Assert.Equal(before, bench.Dump());
    }

    private static void AssertSame(Reply first, Reply second)
    {
        Assert.Equal(first.Token, second.Token);
        Assert.Equal(first.Refusal, second.Refusal);
        Assert.Equal((first.Lease?.Fence, first.Task?.State, first.Task?.Attempts), (second.Lease?.Fence, second.Task?.State, second.Task?.Attempts));
    }
}
