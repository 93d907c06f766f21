using System.Globalization;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Projections;

public sealed class Message_files : IDisposable
{
    private static readonly AgentId Reader = new("qa-1");

    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void A_message_dropped_in_by_hand_is_delivered()
    {
        repository.Write("agent_comms/20260301_me.msg", """{ "from": "me", "to": "qa-1", "message": "hello", "response_by": "2026-03-01T13:00:00+01:00" }""");

        var sent = Assert.Single(repository.Sync());

        Assert.Equal(("message.sent", "me"), (sent.Kind, sent.Agent!.Value.Value));
        var (message, read) = Assert.Single(repository.Workspace.Mailbox.For(Reader));
        Assert.Equal(("hello", "notification", "medium", false), (message.Body, message.Type, message.Urgency, read));
        Assert.Equal(repository.Time.GetUtcNow(), message.Timestamp);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), message.ResponseBy);
        repository.AssertSettled();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{ "from": "../me", "to": ["qa-1"] }""")]
    [InlineData("""{ "from": "me" }""")]
    [InlineData("""{ "from": "me", "to": ["all"], "type": "gossip" }""")]
    [InlineData("""{ "from": "me", "to": ["all"], "message": "\ud800" }""")]
    [InlineData("""{ "from": "me", "to": ["all"], "message": ["hello"] }""")]
    [InlineData("""{ "from": "me", "to": ["all", 5], "message": "hello" }""")]
    [InlineData("""{ "from": "me", "to": ["all"], "timestamp": "2026-03-32T12:00:00Z" }""")]
    [InlineData("""{ "from": "me", "to": ["all"], "requires_response": "true" }""")]
    public void A_malformed_message_is_kept_in_quarantine_and_reported(string text)
    {
        repository.Write("agent_comms/x.msg", text);

        var reported = Assert.Single(repository.Sync());

        Assert.Equal("message.quarantined", reported.Kind);
        Assert.Contains("agent_comms/x.msg", reported.Message, StringComparison.Ordinal);
        Assert.Equal(text, repository.Read("agent_comms/quarantine/x.msg"));
        Assert.Empty(repository.Files("agent_comms"));
        Assert.Empty(repository.Workspace.Mailbox.For(Reader));
    }

    [Theory]
    [InlineData(16 * 1024, "message.sent")]
    [InlineData(16 * 1024 + 1, "message.quarantined")]
    [InlineData(300_000, "message.quarantined")]
    public void Size_decides_at_sixteen_kilobytes(int bytes, string kind)
    {
        repository.Write("agent_comms/x.msg", $$"""{ "from": "me", "to": "all", "message": "{{new string('m', bytes)}}" }""");

        Assert.Equal(kind, Assert.Single(repository.Sync()).Kind);
    }

    [Fact]
    public void A_message_with_a_name_too_long_to_be_replaced_is_set_aside()
    {
        repository.Write($"agent_comms/{new string('n', 250)}.msg", """{ "from": "me", "to": "all", "message": "m" }""");

        Assert.Equal("message.quarantined", Assert.Single(repository.Sync()).Kind);

        repository.AssertSettled();
        Assert.Single(repository.Files("agent_comms/quarantine"));
    }

    [Fact]
    public void A_message_goes_to_the_archive_after_seven_days()
    {
        repository.Write("agent_comms/x.msg", """{ "from": "me", "to": "all", "message": "m" }""");
        repository.Sync();
        repository.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        repository.Sync();
        Assert.Equal(["x.msg"], repository.Files("agent_comms"));

        repository.Time.Advance(TimeSpan.FromSeconds(1));
        repository.Sync();

        Assert.Empty(repository.Files("agent_comms"));
        Assert.Contains("\"message\": \"m\"", repository.Read("agent_comms/archive/x.msg"), StringComparison.Ordinal);
        Assert.Single(repository.Workspace.Mailbox.For(Reader));
        repository.AssertSettled();
    }

    [Fact]
    public void An_old_message_dropped_in_is_delivered_and_archived_not_lost()
    {
        repository.Write("agent_comms/old.msg", """{ "from": "me", "to": "all", "message": "m", "timestamp": "2026-02-01T00:00:00Z" }""");

        repository.Sync();
        repository.Sync();

        Assert.Single(repository.Workspace.Mailbox.For(Reader));
        Assert.Equal(["old.msg"], repository.Files("agent_comms/archive"));
    }

    [Fact]
    public void Two_messages_of_one_millisecond_are_two_files()
    {
        var draft = new Message { Id = "", From = new AgentId("me"), To = ["all"], Timestamp = default };
        var ids = new[] { repository.Workspace.Mailbox.Send(draft).Message!.Id, repository.Workspace.Mailbox.Send(draft).Message!.Id };

        repository.Sync();

        Assert.Equal(ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}.msg")).Order(StringComparer.Ordinal), repository.Files("agent_comms"));
        repository.AssertSettled();
    }

    [Fact]
    public void A_message_file_that_was_deleted_comes_back_and_one_that_was_changed_too()
    {
        repository.Write("agent_comms/x.msg", """{ "from": "me", "to": "all", "message": "m" }""");
        repository.Sync();
        var text = repository.Read("agent_comms/x.msg");
        repository.Delete("agent_comms/x.msg");
        repository.Sync();
        Assert.Equal(text, repository.Read("agent_comms/x.msg"));

        repository.Write("agent_comms/x.msg", "changed");
        Assert.Equal("message.restored", Assert.Single(repository.Sync()).Kind);

        Assert.Equal(text, repository.Read("agent_comms/x.msg"));
    }

    [Fact]
    public void A_name_that_was_used_before_and_archived_brings_a_new_message_and_neither_file_is_lost()
    {
        const string Name = "agent_comms/note.msg";
        Drop(Name, "first");
        repository.Sync();
        repository.Time.Advance(TimeSpan.FromDays(8));
        repository.Sync();
        Drop(Name, "second");

        var sent = Assert.Single(repository.Sync());

        Assert.Equal("message.sent", sent.Kind);
        Assert.Contains(Name, sent.Message, StringComparison.Ordinal);
        Assert.Equal(["first", "second"], Texts());
        repository.AssertSettled();
        repository.Time.Advance(TimeSpan.FromDays(8));
        Drop(Name, "third");
        repository.Sync();
        repository.Time.Advance(TimeSpan.FromDays(8));
        repository.Sync();
        Assert.Equal(["first", "second", "third"], Texts());
        Assert.Equal(3, repository.Files("agent_comms/archive").Length);
    }

    [Fact]
    public void Nothing_in_the_archive_or_in_quarantine_is_written_over()
    {
        foreach (var text in (string[])["broken", "broken too"])
        {
            repository.Write("agent_comms/x.msg", text);
            repository.Sync();
        }

        repository.Write("agent_comms/archive/old.msg", "mine");
        repository.Write("agent_comms/old.msg", """{ "from": "me", "to": "all", "message": "m", "timestamp": "2026-02-01T00:00:00Z" }""");
        repository.Sync();

        Assert.Equal(["broken", "broken too"], repository.Files("agent_comms/quarantine").Select(file => repository.Read($"agent_comms/quarantine/{file}")).Order(StringComparer.Ordinal));
        Assert.Equal("mine", repository.Read("agent_comms/archive/old.msg"));
        Assert.Equal(2, repository.Files("agent_comms/archive").Length);
    }

    [Fact]
    public void A_message_whose_file_was_taken_in_and_not_remembered_is_not_told_twice()
    {
        Drop("agent_comms/x.msg", "m");
        var dropped = repository.Read("agent_comms/x.msg");
        repository.Sync();
        foreach (var text in (string[])[dropped, repository.Read("agent_comms/x.msg")])
        {
            repository.Write("agent_comms/x.msg", text);
            repository.Store.Write(transaction =>
            {
                transaction.SetProjection("agent_comms/x.msg", null);
                return true;
            });

            Assert.Empty(repository.Sync());
        }

        Assert.Single(repository.Workspace.Mailbox.For(Reader));
        repository.AssertSettled();
    }

    private IEnumerable<string> Texts() => repository.Workspace.Mailbox.For(Reader).Select(entry => entry.Message.Body).Order(StringComparer.Ordinal);

    private void Drop(string path, string text) => repository.Write(path, $$"""{ "from": "me", "to": "qa-1", "message": "{{text}}" }""");
}
