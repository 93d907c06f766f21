using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Tests.Protocol;

namespace Interlock.Tests.Messaging;

public sealed class MailboxTests : IDisposable
{
    private static readonly AgentId Ada = new("dev-1");
    private static readonly AgentId Ben = new("dev-2");
    private static readonly AgentId Quinn = new("qa-1");
    private readonly ProtocolBench bench = new();
    private readonly Mailbox mailbox;

    public MailboxTests() => mailbox = new Mailbox(bench.Store, bench.Protocol.Clock, agent => agent.Value.Split('-')[0], name => name is "dev" or "qa");

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_message_reaches_the_agent_its_type_or_everybody_but_never_its_sender()
    {
        mailbox.Send(Draft("dev-2"));
        mailbox.Send(Draft("dev"));
        mailbox.Send(Draft("all", "dev-1"));
        Assert.Equal(3, mailbox.For(Ben).Count);
        Assert.Single(mailbox.For(Quinn));
        Assert.Empty(mailbox.For(Ada));
    }

    [Fact]
    public void Id_and_time_are_given_by_the_mailbox_and_differ_within_one_millisecond()
    {
        var sent = Enumerable.Range(0, 3).Select(_ => mailbox.Send(Draft("all")).Message!).ToList();
        Assert.Equal(["20260301T120000000_dev-1", "20260301T120000000-1_dev-1", "20260301T120000000-2_dev-1"], sent.Select(message => message.Id));
        Assert.All(sent, message => Assert.Equal(ProtocolBench.Noon, message.Timestamp));
    }

    [Fact]
    public void What_was_read_is_known_for_each_reader_and_logged_once()
    {
        mailbox.Send(Draft("all"));
        var messages = mailbox.For(Ben).Select(item => item.Message).ToList();
        mailbox.Acknowledge(Ben, messages);
        var before = bench.Dump();
        mailbox.Acknowledge(Ben, messages);
        mailbox.Acknowledge(Ben, []);

        Assert.Equal(before, bench.Dump());
        Assert.True(Assert.Single(mailbox.For(Ben)).Read);
        Assert.False(Assert.Single(mailbox.For(Quinn)).Read);
        Assert.Equal("message.read", bench.LastEvent);
    }

    [Fact]
    public void Messages_come_oldest_first()
    {
        mailbox.Send(Draft("all") with { Subject = "first" });
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        mailbox.Send(Draft("all") with { Subject = "second" });
        Assert.Equal(["first", "second"], mailbox.For(Ben).Select(item => item.Message.Subject));
    }

    [Fact]
    public void A_message_that_cannot_be_delivered_says_why()
    {
        Assert.Null(Draft("dev-2").Problem());
        Assert.Null((Draft("all") with { Body = new string('é', Message.MaxBytes / 2) }).Problem());
        Assert.Contains("larger than 16 kB", (Draft("all") with { Body = new string('é', (Message.MaxBytes / 2) + 1) }).Problem());
        Assert.Contains("1 kB", (Draft("all") with { Subject = new string('s', 1025) }).Problem());
        Assert.Contains("no receiver", (Draft() with { To = [] }).Problem());
        Assert.Contains("not an id", Draft("../x").Problem());
        Assert.Contains("type 'order'", (Draft("all") with { Type = "order" }).Problem());
        Assert.Contains("urgency 'now'", (Draft("all") with { Urgency = "now" }).Problem());
    }

    private static Message Draft(params string[] to) => new() { Id = "mine", From = Ada, To = to, Timestamp = ProtocolBench.Noon.AddYears(-9) };
}
