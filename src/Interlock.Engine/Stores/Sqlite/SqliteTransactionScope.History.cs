using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Microsoft.Data.Sqlite;

namespace Interlock.Engine.Stores.Sqlite;

/// <summary>The log of events, and the rows it rebuilds.</summary>
internal sealed partial class SqliteTransactionScope
{
    private const string EventColumns = "seq, at, kind, message, task, agent, fence, rows";

    private const string Passing = """
        ($task IS NULL OR task = $task) AND ($agent IS NULL OR agent = $agent) AND ($since IS NULL OR at >= $since)
        AND ($kind IS NULL OR kind = $kind OR substr(kind, 1, length($kind) + 1) = $kind || '.')
        """;

    public long RevisionAt(DateTimeOffset time) =>
        Query("SELECT coalesce(max(seq), 0) FROM event WHERE at <= $at", reader => reader.GetInt64(0), ("$at", UtcConverter.Text(time)))[0];

    public IReadOnlyList<StoredRow> Rows() =>
    [
        .. Query("SELECT id, doc, ord FROM story", reader => new StoredRow("story", reader.GetString(0), reader.GetString(1), reader.GetInt32(2))),
        .. RowsOf("task", "id"),
        .. RowsOf("lease", "fence"),
        .. RowsOf("landing", "fence"),
        .. RowsOf("branch", "ref"),
        .. RowsOf("message", "id"),
        .. RowsOf("suggestion", "id"),
        .. RowsOf("usage", "fence"),
        .. RowsOf("breaker", "id"),
        .. Query("SELECT message, agent, at, state FROM delivery", ReadDelivery)
            .Select(delivery => new StoredRow("delivery", delivery.Key, System.Text.Json.JsonSerializer.Serialize(delivery, StoreJson.Default.Delivery))),
    ];

    public IReadOnlyList<Lease> Leases() => Query("SELECT doc, fence FROM lease ORDER BY fence", ReadLease);

    public IReadOnlyList<Landing> Landings() => Query("SELECT doc FROM landing ORDER BY fence", reader => Parse(reader, StoreJson.Default.Landing));

    public void SkipFences(long upTo)
    {
        // The counter of AUTOINCREMENT has no row before the first insertion, and nothing keeps that row unique.
        Execute("INSERT INTO sqlite_sequence (name, seq) SELECT 'lease', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'lease')");
        Execute("UPDATE sqlite_sequence SET seq = max(seq, $upTo) WHERE name = 'lease'", ("$upTo", upTo));
    }

    private List<StoredRow> RowsOf(string table, string key) =>
        Query($"SELECT {key}, doc FROM {table}", reader => new StoredRow(table, Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!, reader.GetString(1)));

    private List<Event> Events(string sql, long after, int limit, EventFilter? filter) => Query(
        sql, ReadEvent, ("$after", after), ("$task", filter?.Task?.Value), ("$agent", filter?.Agent?.Value), ("$kind", filter?.Kind),
        ("$since", filter?.Since is { } since ? UtcConverter.Text(since) : null), ("$limit", limit));

    private static Event ReadEvent(SqliteDataReader reader) => new(
        reader.GetInt64(0),
        UtcConverter.Parse(reader.GetString(1)),
        reader.GetString(2),
        reader.GetString(3),
        reader.IsDBNull(4) ? null : new TaskId(reader.GetString(4)),
        reader.IsDBNull(5) ? null : new AgentId(reader.GetString(5)),
        reader.IsDBNull(6) ? null : reader.GetInt64(6),
        reader.GetString(7));
}
