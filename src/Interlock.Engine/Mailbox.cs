using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine;

/// <summary>Sends messages and keeps track of who has read which.</summary>
public sealed class Mailbox(IStore store, Clock clock, Func<AgentId, string?> typeOf)
{
    /// <summary>Stores a message; its id and time are given here, never by the sender.</summary>
    public Message Send(Message draft) => store.Write(transaction =>
    {
        var now = clock.Now;
        var number = 0;
        while (transaction.FindMessage(MessageFile.NewId(now, draft.From, number)) is not null)
        {
            number++;
        }

        var message = draft with { Id = MessageFile.NewId(now, draft.From, number), Timestamp = now };
        transaction.Put(message);
        transaction.Append(now, "message.sent", $"{message.From} to {string.Join(", ", message.To)}: {message.Subject}", null, message.From);
        return message;
    });

    /// <summary>Messages for an agent, oldest first, with whether it has read them.</summary>
    public IReadOnlyList<(Message Message, bool Read)> For(AgentId agent) => store.Read(reader => reader.Messages()
        .Where(message => message.IsFor(agent, typeOf(agent)))
        .Select(message => (message, reader.IsDelivered(message.Id, agent)))
        .ToList());

    public void Acknowledge(AgentId agent, IReadOnlyList<Message> messages) => store.Write(transaction =>
    {
        var unread = messages.Where(message => !transaction.IsDelivered(message.Id, agent)).ToList();
        if (unread.Count > 0)
        {
            unread.ForEach(message => transaction.Deliver(message.Id, agent, clock.Now));
            transaction.Append(clock.Now, "message.read", $"{agent} read {unread.Count}", null, agent);
        }

        return unread.Count;
    });
}
