using Interlock.Domain.Leasing;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Microsoft.Data.Sqlite;

namespace Interlock.Engine.Stores.Sqlite;

/// <summary>What agents say: messages, suggestions, and that they are there.</summary>
internal sealed partial class SqliteTransactionScope
{
    public Message? FindMessage(string id) => Query("SELECT doc FROM message WHERE id = $id", ReadMessage, ("$id", id)).FirstOrDefault();

    public IReadOnlyList<Message> Messages() => Query("SELECT doc FROM message ORDER BY id", ReadMessage);

    public IReadOnlyList<Message> MessagesSince(DateTimeOffset time) =>
        Query("SELECT doc FROM message WHERE at >= $since ORDER BY id", ReadMessage, ("$since", UtcConverter.Text(time)));

    public IReadOnlyList<Message> AwaitedMessages() => Query("SELECT doc FROM message WHERE awaited = 1 ORDER BY id", ReadMessage);

    public bool IsDelivered(string message, AgentId agent) => FindDelivery(message, agent) is not null;

    public bool IsDelivered(string message) => Query("SELECT 1 FROM delivery WHERE message = $message LIMIT 1", _ => true, ("$message", message)).Count > 0;

    public IReadOnlyList<Delivery> Deliveries(AgentId agent) =>
        Query("SELECT message, agent, at, state FROM delivery WHERE agent = $agent ORDER BY message", ReadDelivery, ("$agent", agent.Value));

    public Suggestion? FindSuggestion(TaskId id) =>
        Query("SELECT doc FROM suggestion WHERE id = $id", ReadSuggestion, ("$id", id.Value)).FirstOrDefault();

    public IReadOnlyList<Suggestion> Suggestions() => Query("SELECT doc FROM suggestion ORDER BY id", ReadSuggestion);

    public IReadOnlyList<SignOfLife> SignsOfLife() => Query(
        "SELECT agent, at, how FROM sign_of_life ORDER BY agent",
        reader => new SignOfLife(new AgentId(reader.GetString(0)), UtcConverter.Parse(reader.GetString(1)), reader.GetString(2)));

    public void Put(Message message) => Store("INSERT INTO message (id, at, awaited, doc) VALUES ($id, $at, $awaited, $doc)", message);

    public void Change(Message message) => Store("UPDATE message SET at = $at, awaited = $awaited, doc = $doc WHERE id = $id", message);

    public void Deliver(string message, AgentId agent, DateTimeOffset at, DeliveryState state = DeliveryState.Acknowledged)
    {
        if (FindDelivery(message, agent) is { } known && (known.Reached != DeliveryState.Delivered || state == DeliveryState.Delivered))
        {
            return;
        }

        DeliveryState? stored = state == DeliveryState.Acknowledged ? null : state;
        Changed("delivery", new Delivery(message, agent, at, stored), StoreJson.Default.Delivery);
        Execute(
            """
            INSERT INTO delivery (message, agent, at, state) VALUES ($message, $agent, $at, $state)
            ON CONFLICT (message, agent) DO UPDATE SET at = excluded.at, state = excluded.state
            """,
            ("$message", message), ("$agent", agent.Value), ("$at", UtcConverter.Text(at)), ("$state", stored?.ToString()));
    }

    public void Put(Suggestion suggestion)
    {
        var doc = Changed("suggestion", suggestion, StoreJson.Default.Suggestion);
        Execute(
            "INSERT INTO suggestion (id, doc) VALUES ($id, $doc) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
            ("$id", suggestion.Id.Value), ("$doc", doc));
    }

    public void Put(SignOfLife sign) => Execute(
        "INSERT INTO sign_of_life (agent, at, how) VALUES ($agent, $at, $how) ON CONFLICT (agent) DO UPDATE SET at = excluded.at, how = excluded.how",
        ("$agent", sign.Agent.Value), ("$at", UtcConverter.Text(sign.At)), ("$how", sign.How));

    private void Store(string sql, Message message)
    {
        var doc = Changed("message", message, StoreJson.Default.Message);
        Execute(
            sql,
            ("$id", message.Id), ("$at", UtcConverter.Text(message.LastAt ?? message.Timestamp)), ("$awaited", message.IsAwaited() ? 1 : 0), ("$doc", doc));
    }

    private Delivery? FindDelivery(string message, AgentId agent) => Query(
        "SELECT message, agent, at, state FROM delivery WHERE message = $message AND agent = $agent", ReadDelivery, ("$message", message), ("$agent", agent.Value)).FirstOrDefault();

    private static Message ReadMessage(SqliteDataReader reader) => Parse(reader, StoreJson.Default.Message);

    private static Suggestion ReadSuggestion(SqliteDataReader reader) => Parse(reader, StoreJson.Default.Suggestion);

    private static Delivery ReadDelivery(SqliteDataReader reader) => new(
        reader.GetString(0), new AgentId(reader.GetString(1)), UtcConverter.Parse(reader.GetString(2)), reader.IsDBNull(3) ? null : Enum.Parse<DeliveryState>(reader.GetString(3)));
}
