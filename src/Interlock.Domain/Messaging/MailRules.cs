using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Messaging;

/// <summary>What keeps one sender from flooding the others, and one flood from burying what matters.</summary>
public static class MailRules
{
    /// <summary>Messages of one sender in a minute.</summary>
    public const int MostPerMinute = 30;

    /// <summary>Messages that may wait for one agent.</summary>
    public const int MostWaiting = 100;

    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(1);
    private static readonly string[] ByUrgency = ["low", "medium", "high", "critical"];

    /// <summary>Null when the sender may send another now.</summary>
    /// <param name="recent">What was sent lately, by whomever.</param>
    public static Refusal? CheckRate(AgentId from, IEnumerable<Message> recent, DateTimeOffset now)
    {
        var sent = recent.Where(message => message.From == from && (message.LastAt ?? message.Timestamp) > now - RateWindow).Sum(message => 1 + (message.Coalesced ?? 0));
        return sent < MostPerMinute ? null : new Refusal(
            RefusalCodes.RateLimit,
            string.Create(CultureInfo.InvariantCulture, $"{from} has sent {sent} messages within a minute, and {MostPerMinute} are allowed"),
            "Say it in one message, a minute from now");
    }

    /// <summary>The waiting message that the draft can become part of, because it says more about the same from the same to the same; null when it is one of its own.</summary>
    /// <param name="unread">Recent messages that nobody has been given yet.</param>
    public static Message? Coalesce(Message draft, IEnumerable<Message> unread)
    {
        var earlier = unread.LastOrDefault(message => message.From == draft.From && message.Type == draft.Type && message.InReplyTo == draft.InReplyTo
            && message.Subject == draft.Subject && message.Subject.Length > 0
            && message.To.SequenceEqual(draft.To) && message.RelatedTasks.SequenceEqual(draft.RelatedTasks));
        if (earlier is null)
        {
            return null;
        }

        var joined = earlier with
        {
            Body = earlier.Body == draft.Body ? earlier.Body : $"{earlier.Body}\n\n{draft.Body}",
            RelatedFiles = [.. earlier.RelatedFiles.Union(draft.RelatedFiles, StringComparer.Ordinal)],
            Urgency = Rank(draft.Urgency) > Rank(earlier.Urgency) ? draft.Urgency : earlier.Urgency,
            RequiresResponse = earlier.RequiresResponse || draft.RequiresResponse,
            ResponseBy = Earlier(earlier.ResponseBy, draft.ResponseBy),
            Coalesced = (earlier.Coalesced ?? 0) + 1,
            LastAt = draft.Timestamp,
        };
        return joined.Problem() is null ? joined : null;
    }

    /// <summary>Which of the messages that wait for an agent makes room for another: the oldest of the least urgent. Null when the new one is less urgent than all of them.</summary>
    /// <param name="waiting">Oldest first, not empty.</param>
    public static Message? MakeRoom(Message incoming, IReadOnlyList<Message> waiting)
    {
        var least = waiting.MinBy(message => Rank(message.Urgency))!;
        return Rank(incoming.Urgency) < Rank(least.Urgency) ? null : least;
    }

    /// <summary>True when the message answers the question: because it says so, or because its receiver wrote back to the sender since.</summary>
    /// <param name="wasFor">Whether the question was for the author of the answer.</param>
    public static bool Answers(Message answer, Message question, bool wasFor) =>
        answer.From != question.From && (answer.InReplyTo is { } named
            ? named == question.Id
            : wasFor && answer.To.Contains(question.From.Value) && answer.Timestamp >= question.Timestamp);

    private static int Rank(string urgency) => Array.IndexOf(ByUrgency, urgency);

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) => left is null ? right : right is null ? left : left < right ? left : right;
}
