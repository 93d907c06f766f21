using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Stores;

/// <summary>The state as the log of events tells it: each event carries the rows it changed, so the last word on each row counts (A1).</summary>
public sealed class EventReplay
{
    private const int Page = 5000;

    private readonly Dictionary<(string Table, string Key), StoredRow> rows = [];

    /// <summary>The newest event that was applied; null before the first.</summary>
    public Event? Last { get; private set; }

    /// <summary>By table and key.</summary>
    public IReadOnlyList<StoredRow> Rows =>
        [.. rows.Values.OrderBy(row => row.Table, StringComparer.Ordinal).ThenBy(row => row.Key, StringComparer.Ordinal)];

    /// <summary>In the plan's order.</summary>
    public IReadOnlyList<WorkTask> Tasks => [.. Of("task", StoreJson.Default.WorkTask).OrderBy(task => task.Order).ThenBy(task => task.Id.Value, StringComparer.Ordinal)];

    /// <summary>Those that nobody had decided about.</summary>
    public IReadOnlyList<Suggestion> OpenSuggestions =>
        [.. Of("suggestion", StoreJson.Default.Suggestion).Where(suggestion => suggestion.State == SuggestionState.Open).OrderBy(suggestion => suggestion.Id)];

    public IReadOnlyList<Lease> LiveLeases => [.. Of("lease", StoreJson.Default.Lease).Where(lease => lease.Live).OrderBy(lease => lease.Fence)];

    /// <summary>Applies every event up to and including a sequence number.</summary>
    public static EventReplay Until(IStoreReader reader, long seq)
    {
        var replay = new EventReplay();
        for (var after = 0L; after < seq;)
        {
            var page = reader.Events(after, Page);
            foreach (var entry in page.TakeWhile(entry => entry.Seq <= seq))
            {
                replay.Apply(entry);
            }

            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Seq;
        }

        return replay;
    }

    public void Apply(Event entry)
    {
        using var changed = JsonDocument.Parse(entry.Rows);
        foreach (var row in changed.RootElement.EnumerateArray())
        {
            var table = row.EnumerateObject().First();
            int? order = row.TryGetProperty("order", out var place) ? place.GetInt32() : null;
            var key = KeyOf(table.Name, table.Value);
            rows[(table.Name, key)] = new StoredRow(table.Name, key, table.Value.GetRawText(), order);
        }

        Last = entry;
    }

    /// <summary>Rows that differ between the log and the store, as <c>table key</c>.</summary>
    public IReadOnlyList<string> DifferencesTo(IReadOnlyList<StoredRow> stored)
    {
        var known = stored.ToDictionary(row => (row.Table, row.Key));
        return
        [
            .. rows.Keys.Union(known.Keys)
                .Where(key => rows.GetValueOrDefault(key) != known.GetValueOrDefault(key))
                .Select(key => $"{key.Table} {key.Key}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private IEnumerable<T> Of<T>(string table, JsonTypeInfo<T> type) =>
        rows.Values.Where(row => row.Table == table).Select(row => JsonSerializer.Deserialize(row.Doc, type)!);

    private static string KeyOf(string table, JsonElement doc) => table switch
    {
        "lease" or "landing" or "usage" => doc.GetProperty("Fence").GetInt64().ToString(CultureInfo.InvariantCulture),
        "branch" => doc.GetProperty("Ref").GetString()!,
        "delivery" => $"{doc.GetProperty("Message").GetString()}/{doc.GetProperty("Agent").GetString()}",
        _ => doc.GetProperty("Id").GetString()!,
    };
}
