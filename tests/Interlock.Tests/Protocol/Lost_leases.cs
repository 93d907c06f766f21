using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Protocol;

public sealed class Lost_leases : IDisposable
{
    private static readonly TaskId One = new("1");
    private readonly ProtocolBench bench = new ProtocolBench().With(ProtocolBench.Task("1", "src/a"));

    public void Dispose() => bench.Dispose();

    public static TheoryData<string> Ways => ["revoked", "expired", "reassigned", "cancelled", "completed by hand", "opened by hand"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Whoever_loses_a_claim_to_others_finds_a_message_that_says_why_and_to_stop(string way)
    {
        var token = bench.Token("1");
        var protocol = bench.Protocol;
        _ = way switch
        {
            "revoked" => protocol.Reclaim(token.Fence, "its lock file was removed by hand", false, "lease.revoked"),
            "expired" => protocol.Reclaim(token.Fence, "dev-1 let the lease expire", false),
            "reassigned" => protocol.Reassign(One, new AgentId("dev-2")),
            "cancelled" => protocol.Cancel(One, "not needed"),
            "completed by hand" => protocol.CompleteByHand(One, automatedRun: false),
            _ => protocol.OpenByHand(One),
        };

        var message = Assert.Single(bench.Store.Read(reader => reader.Messages()));

        Assert.Equal(("interlock", "dev-1", "high"), (message.From.Value, Assert.Single(message.To), message.Urgency));
        Assert.Contains("no longer yours", message.Subject, StringComparison.Ordinal);
        Assert.Contains($"fence {token.Fence}", message.Body, StringComparison.Ordinal);
        Assert.Null(message.Problem());
        Assert.Empty(bench.Store.Read(reader => EventReplay.Until(reader, reader.Revision).DifferencesTo(reader.Rows())));
    }

    [Fact]
    public void Who_ends_its_own_claim_or_died_is_told_nothing()
    {
        bench.Protocol.Release(One, bench.Token("1"));
        bench.Protocol.Fail(One, bench.Token("1"), "x");
        bench.Protocol.Retry(One);
        var supervised = bench.Protocol.Claim(new ClaimRequest(One, new AgentId("dev-1"), Supervisor: new Supervisor("h", "b", 1, 1)));
        bench.Protocol.Reclaim(supervised.Lease!.Fence, "dev-1 died", false);

        Assert.Empty(bench.Store.Read(reader => reader.Messages()));
    }
}
