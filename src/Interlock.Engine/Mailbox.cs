using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine;

/// <summary>What became of a message: stored, taken into one that waits already, or refused.</summary>
/// <param name="Joined">True when it became part of an earlier one.</param>
public sealed record Sent(Message? Message, Refusal? Refusal = null, bool Joined = false);

/// <summary>
/// Sends messages and keeps track of how far each came: queued, delivered, acknowledged. Who sends is settled by the caller,
/// from the connection or the command line; what is said gives nobody any right.
/// </summary>
/// <param name="isType">Whether a name is that of a type of agents.</param>
public sealed class Mailbox(IStore store, Clock clock, Func<AgentId, string?> typeOf, Func<string, bool> isType)
{
    private static readonly TimeSpan JoinWithin = TimeSpan.FromDays(1);

    /// <summary>Stores a message; its id and time are given here, never by the sender.</summary>
    public Sent Send(Message draft) => Wrong(draft) is { } wrong ? new Sent(null, wrong) : Send(draft, MailRules.CheckRate);

    /// <summary>Says something as interlock itself.</summary>
    internal Sent Announce(Message draft) => Send(draft with { From = LostLease.Sender }, (_, _, _) => null);

    private Sent Send(Message draft, Func<AgentId, IEnumerable<Message>, DateTimeOffset, Refusal?> checkRate) => store.Write(transaction =>
    {
        var now = clock.Now;
        draft = draft with { Timestamp = now, Coalesced = null, LastAt = null, AnsweredBy = null, Overdue = null };
        var recent = transaction.MessagesSince(now - JoinWithin);
        if (checkRate(draft.From, recent, now) is { } tooMany)
        {
            return new Sent(null, tooMany);
        }

        if (MailRules.Coalesce(draft, recent.Where(message => message.From == draft.From && !transaction.IsDelivered(message.Id))) is { } joined)
        {
            transaction.Change(joined);
            transaction.Append(now, "message.coalesced", $"{joined.From} said more about {joined.Subject}", null, joined.From);
            return new Sent(joined, Joined: true);
        }

        if (MakeRoom(transaction, draft) is { } full)
        {
            return new Sent(null, full);
        }

        var message = draft with { Id = MessageFile.FreeId(transaction, now, draft.From) };
        transaction.Put(message);
        NoteAnswers(transaction, message);
        transaction.Append(now, "message.sent", $"{message.From} to {string.Join(", ", message.To)}: {message.Subject}", null, message.From);
        return new Sent(message);
    });

    /// <summary>Messages for an agent, oldest first, with whether it has read them. Those that were dropped from its full inbox count as read.</summary>
    public IReadOnlyList<(Message Message, bool Read)> For(AgentId agent) => store.Read(reader => InboxOf(reader, agent, reader.Messages())
        .Select(entry => (entry.Message, entry.Delivery is { Reached: not DeliveryState.Delivered })).ToList());

    /// <summary>How many messages an agent has not read.</summary>
    public int Waiting(AgentId agent) => For(agent).Count(entry => !entry.Read);

    /// <summary>
    /// What the agent has to be given now, oldest first: what it never had, and what it was given without coming back since. The
    /// caller hands it over and, once the agent has gone on, calls <see cref="Acknowledge(AgentId, string)"/>.
    /// </summary>
    /// <param name="request">A call that is repeated under the same name is given the same.</param>
    public IReadOnlyList<Message> TakeFor(AgentId agent, string? request = null) => Waiting(agent) == 0 ? [] : store.Write(transaction =>
    {
        var key = Key(agent, request);
        if (key is not null && transaction.FindResult(key.Id) is { } earlier)
        {
            return [.. key.Open(earlier).Split('\n').Select(transaction.FindMessage).OfType<Message>()];
        }

        var unread = InboxOf(transaction, agent, transaction.Messages()).Where(entry => entry.Delivery is null or { Reached: DeliveryState.Delivered }).ToList();
        var taken = Bounded(transaction, agent, [.. unread.Select(entry => entry.Message)]);
        var fresh = taken.Where(message => unread.Any(entry => entry.Message.Id == message.Id && entry.Delivery is null)).ToList();
        if (fresh.Count > 0)
        {
            fresh.ForEach(message => transaction.Deliver(message.Id, agent, clock.Now, DeliveryState.Delivered));
            transaction.Append(clock.Now, "message.delivered", $"{fresh.Count} to {agent}", null, agent);
        }

        if (key is not null)
        {
            transaction.SaveResult(key.Id, key.Seal(string.Join('\n', taken.Select(message => message.Id))), clock.Now);
        }

        return taken;
    });

    /// <summary>The agent has come back after it was given messages, so it has had them; unless its call is the repeated one that gave them.</summary>
    public void Acknowledge(AgentId agent, string? request = null)
    {
        if (Key(agent, request) is { } key && store.Read(reader => reader.FindResult(key.Id)) is not null)
        {
            return;
        }

        if (store.Read(reader => reader.Deliveries(agent)).Any(delivery => delivery.Reached == DeliveryState.Delivered))
        {
            Acknowledge(agent, transaction => [.. transaction.Deliveries(agent).Where(delivery => delivery.Reached == DeliveryState.Delivered).Select(delivery => delivery.Message)]);
        }
    }

    public void Acknowledge(AgentId agent, IReadOnlyList<Message> messages) => Acknowledge(agent, transaction =>
    {
        var known = transaction.Deliveries(agent).Where(delivery => delivery.Reached != DeliveryState.Delivered).Select(delivery => delivery.Message).ToHashSet();
        return [.. messages.Select(message => message.Id).Where(id => !known.Contains(id))];
    });

    /// <summary>Questions whose time is over without an answer.</summary>
    public IReadOnlyList<Message> Overdue() => [.. store.Read(reader => reader.AwaitedMessages()).Where(message => message.ResponseBy <= clock.Now)];

    /// <summary>Leaves an event for each question whose time has run out, and tells who asked, so that it does not wait for ever.</summary>
    public void NoteOverdue()
    {
        if (Overdue().All(question => question.Overdue == true))
        {
            return;
        }

        store.Write(transaction =>
        {
            var now = clock.Now;
            foreach (var question in transaction.AwaitedMessages().Where(message => message.ResponseBy <= now && message.Overdue != true))
            {
                transaction.Change(question with { Overdue = true });
                transaction.Put(new Message
                {
                    Id = MessageFile.FreeId(transaction, now, LostLease.Sender),
                    From = LostLease.Sender,
                    To = [question.From.Value],
                    Timestamp = now,
                    Urgency = "high",
                    Subject = "no answer has come",
                    Body = $"Nobody has answered your message {question.Id} to {string.Join(", ", question.To)} in time. Decide without an answer, ask somebody else, or block the task for a person.",
                    RelatedTasks = question.RelatedTasks,
                    InReplyTo = question.Id,
                });
                transaction.Append(now, "message.overdue", $"{string.Join(", ", question.To)} has not answered {question.From}: {question.Subject}", null, question.From);
            }

            return true;
        });
    }

    /// <summary>Takes in a message that came as a file: no rate counts, since a person may drop in many, but a full inbox does.</summary>
    internal Refusal? TakeIn(IStoreTransaction transaction, Message message)
    {
        if (MakeRoom(transaction, message) is { } full)
        {
            return full;
        }

        transaction.Put(message);
        NoteAnswers(transaction, message);
        return null;
    }

    private void Acknowledge(AgentId agent, Func<IStoreTransaction, IReadOnlyList<string>> which) => store.Write(transaction =>
    {
        var ids = which(transaction);
        if (ids.Count > 0)
        {
            foreach (var id in ids)
            {
                transaction.Deliver(id, agent, clock.Now);
            }

            transaction.Append(clock.Now, "message.read", $"{agent} read {ids.Count}", null, agent);
        }

        return ids.Count;
    });

    private List<(Message Message, Delivery? Delivery)> InboxOf(IStoreReader reader, AgentId agent, IReadOnlyList<Message> messages)
    {
        var deliveries = reader.Deliveries(agent).ToDictionary(delivery => delivery.Message);
        var held = reader.LiveLeases().Where(lease => lease is { Kind: LeaseKind.Task } && lease.Agent == agent).Select(lease => lease.Task).ToHashSet();
        return [.. messages
            .Where(message => message.IsFor(agent, typeOf(agent), task => held.Contains(task)) || (deliveries.ContainsKey(message.Id) && message.From != agent))
            .Select(message => (message, deliveries.GetValueOrDefault(message.Id)))];
    }

    // Of what waits for a type or for everybody nobody counts at sending for whom; so each inbox is cut when its agent comes.
    private List<Message> Bounded(IStoreTransaction transaction, AgentId agent, List<Message> waiting)
    {
        var dropped = 0;
        while (waiting.Count > MailRules.MostWaiting)
        {
            var least = MailRules.MakeRoom(waiting[^1], waiting[..^1]) ?? waiting[^1];
            waiting.Remove(least);
            transaction.Deliver(least.Id, agent, clock.Now, DeliveryState.Dropped);
            dropped++;
        }

        if (dropped > 0)
        {
            transaction.Append(clock.Now, "message.dropped", $"{dropped} of the least urgent from the full inbox of {agent}", null, agent);
        }

        return waiting;
    }

    private Refusal? MakeRoom(IStoreTransaction transaction, Message incoming)
    {
        var kept = transaction.MessagesSince(clock.Now - Doors.ArchiveAfter);
        foreach (var agent in incoming.To.Where(to => Identifiers.IsValid(to) && to != Address.Everybody && !isType(to)).Select(to => new AgentId(to)))
        {
            var waiting = InboxOf(transaction, agent, kept).Where(entry => entry.Delivery is null or { Reached: DeliveryState.Delivered }).Select(entry => entry.Message).ToList();
            if (waiting.Count < MailRules.MostWaiting)
            {
                continue;
            }

            if (MailRules.MakeRoom(incoming, waiting) is not { } least)
            {
                return new Refusal(RefusalCodes.InboxFull, $"{waiting.Count} more urgent messages wait for {agent}", "It has not read them yet; if this cannot wait, say so with its urgency");
            }

            transaction.Deliver(least.Id, agent, clock.Now, DeliveryState.Dropped);
            transaction.Append(clock.Now, "message.dropped", $"{least.Id}, for {agent}: its inbox is full, and this was the least urgent", null, agent);
        }

        return null;
    }

    private void NoteAnswers(IStoreTransaction transaction, Message answer)
    {
        foreach (var question in transaction.AwaitedMessages().Where(question => question.Id != answer.Id && MailRules.Answers(answer, question, IsFor(question, answer.From))))
        {
            transaction.Change(question with { AnsweredBy = answer.Id });
        }

        bool IsFor(Message question, AgentId agent) => question.IsFor(
            agent, typeOf(agent), task => transaction.LiveLeases().Any(lease => lease is { Kind: LeaseKind.Task } && lease.Task == task && lease.Agent == agent))
            || transaction.IsDelivered(question.Id, agent);
    }

    private static RequestKey? Key(AgentId agent, string? request) => request is null ? null : RequestKey.Of("read", agent.Value, request);

    private static Refusal? Wrong(Message draft) =>
        draft.From == LostLease.Sender || draft.From.Value == Address.Everybody ? new Refusal(RefusalCodes.BadMessage, $"no agent is called {draft.From}", "Send under the name of an agent")
        : draft.Problem() is { } problem ? new Refusal(RefusalCodes.BadMessage, $"the message cannot be sent: {problem}", "Correct it and send it again")
        : null;
}
