using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Microsoft.Data.Sqlite;

namespace Interlock.Engine.Stores.Sqlite;

/// <summary>The statements of the embedded store, inside one transaction.</summary>
internal sealed partial class SqliteTransactionScope(SqliteConnection connection, SqliteTransaction transaction) : IStoreTransaction
{
    private readonly List<string> rows = [];

    /// <summary>Whether any row was changed so far.</summary>
    internal bool Wrote { get; private set; }

    public long Revision => Query("SELECT coalesce(max(seq), 0) FROM event", reader => reader.GetInt64(0))[0];

    public string? Meta(string key) => Query("SELECT value FROM meta WHERE key = $key", Text, ("$key", key)).FirstOrDefault();

    public IReadOnlyList<PlanStory> Stories() => Query("SELECT doc FROM story ORDER BY ord, id", reader => Parse(reader, StoreJson.Default.PlanStory));

    public WorkTask? FindTask(TaskId id) =>
        Query("SELECT doc FROM task WHERE id = $id", reader => Parse(reader, StoreJson.Default.WorkTask), ("$id", id.Value)).FirstOrDefault();

    public IReadOnlyList<WorkTask> Tasks() => Query("SELECT doc FROM task ORDER BY ord, id", reader => Parse(reader, StoreJson.Default.WorkTask));

    public IReadOnlyList<WorkTask> WaitingTasks() =>
        Query("SELECT doc FROM task WHERE waiting = 1 ORDER BY id", reader => Parse(reader, StoreJson.Default.WorkTask));

    public Lease? FindLease(long fence) =>
        Query("SELECT doc, fence FROM lease WHERE fence = $fence", ReadLease, ("$fence", fence)).FirstOrDefault();

    public IReadOnlyList<Lease> LiveLeases() => Query("SELECT doc, fence FROM lease WHERE live = 1 ORDER BY fence", ReadLease);

    public Landing? FindLanding(long fence) =>
        Query("SELECT doc FROM landing WHERE fence = $fence", reader => Parse(reader, StoreJson.Default.Landing), ("$fence", fence)).FirstOrDefault();

    public IReadOnlyList<Landing> OpenLandings() =>
        Query("SELECT doc FROM landing WHERE state IN ('Submitted', 'Merging') ORDER BY fence", reader => Parse(reader, StoreJson.Default.Landing));

    public BranchState? FindBranch(string fullRef) =>
        Query("SELECT doc FROM branch WHERE ref = $ref", reader => Parse(reader, StoreJson.Default.BranchState), ("$ref", fullRef)).FirstOrDefault();

    public IReadOnlyList<BranchState> Branches() => Query("SELECT doc FROM branch ORDER BY ref", reader => Parse(reader, StoreJson.Default.BranchState));

    public IReadOnlyList<Event> Events(long after, int limit, EventFilter? filter = null) => Events(
        $"SELECT {EventColumns} FROM event WHERE seq > $after AND {Passing} ORDER BY seq LIMIT $limit", after, limit, filter);

    public IReadOnlyList<Event> LatestEvents(int limit, EventFilter? filter = null) =>
        [.. Events($"SELECT {EventColumns} FROM event WHERE seq > $after AND {Passing} ORDER BY seq DESC LIMIT $limit", 0, limit, filter).AsEnumerable().Reverse()];

    public byte[]? Projection(string path) =>
        Query("SELECT content FROM projection WHERE path = $path", reader => reader.GetFieldValue<byte[]>(0), ("$path", path)).FirstOrDefault();

    public IReadOnlyList<string> ProjectionPaths() => Query("SELECT path FROM projection ORDER BY path", Text);

    public void SetMeta(string key, string value) => Execute(
        "INSERT INTO meta (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        ("$key", key), ("$value", value));

    public void Put(PlanStory story, int order)
    {
        var doc = Changed("story", story, StoreJson.Default.PlanStory, order);
        Execute(
            "INSERT INTO story (id, ord, doc) VALUES ($id, $ord, $doc) ON CONFLICT (id) DO UPDATE SET ord = excluded.ord, doc = excluded.doc",
            ("$id", story.Id.Value), ("$ord", order), ("$doc", doc));
    }

    public void Put(WorkTask task)
    {
        var doc = Changed("task", task, StoreJson.Default.WorkTask);
        Execute(
            """
            INSERT INTO task (id, ord, story, state, waiting, doc) VALUES ($id, $ord, $story, $state, $waiting, $doc)
            ON CONFLICT (id) DO UPDATE SET
                ord = excluded.ord, story = excluded.story, state = excluded.state, waiting = excluded.waiting, doc = excluded.doc
            """,
            ("$id", task.Id.Value), ("$waiting", task is { WaitingSince: not null, IsOpen: true } ? 1 : 0), ("$ord", task.Order), ("$story", task.Story.Value), ("$state", task.State.ToString()), ("$doc", doc));
    }

    public Lease Add(Lease lease)
    {
        Execute("INSERT INTO lease (task, live, doc) VALUES ($task, 1, '')", ("$task", lease.Task?.Value));
        var fenced = lease with { Fence = Query("SELECT last_insert_rowid()", reader => reader.GetInt64(0))[0] };
        Put(fenced);
        return fenced;
    }

    public void Put(Lease lease)
    {
        var doc = Changed("lease", lease, StoreJson.Default.Lease);
        Execute(
            "UPDATE lease SET task = $task, live = $live, doc = $doc WHERE fence = $fence",
            ("$fence", lease.Fence), ("$task", lease.Task?.Value), ("$live", lease.Live ? 1 : 0), ("$doc", doc));
    }

    public void Put(Landing landing)
    {
        var doc = Changed("landing", landing, StoreJson.Default.Landing);
        Execute(
            """
            INSERT INTO landing (fence, task, state, doc) VALUES ($fence, $task, $state, $doc)
            ON CONFLICT (fence) DO UPDATE SET state = excluded.state, doc = excluded.doc
            """,
            ("$fence", landing.Fence), ("$task", landing.Task.Value), ("$state", landing.State.ToString()), ("$doc", doc));
    }

    public void Put(BranchState branch)
    {
        var doc = Changed("branch", branch, StoreJson.Default.BranchState);
        Execute(
            "INSERT INTO branch (ref, doc) VALUES ($ref, $doc) ON CONFLICT (ref) DO UPDATE SET doc = excluded.doc",
            ("$ref", branch.Ref), ("$doc", doc));
    }

    public string? FindResult(string request) => Query("SELECT result FROM request WHERE id = $id", Text, ("$id", request)).FirstOrDefault();

    public void SaveResult(string request, string result, DateTimeOffset at) => Execute(
        "INSERT INTO request (id, at, result) VALUES ($id, $at, $result)",
        ("$id", request), ("$at", UtcConverter.Text(at)), ("$result", result));

    public void Append(DateTimeOffset at, string kind, string message, TaskId? task = null, AgentId? agent = null, long? fence = null)
    {
        Execute(
            """
            INSERT INTO event (at, kind, task, agent, fence, message, rows)
            VALUES ($at, $kind, $task, $agent, $fence, $message, $rows)
            """,
            ("$at", UtcConverter.Text(at)), ("$kind", kind), ("$task", task?.Value), ("$agent", agent?.Value),
            ("$fence", fence), ("$message", message), ("$rows", $"[{string.Join(',', rows)}]"));
        rows.Clear();
    }

    public void SetProjection(string path, byte[]? content)
    {
        if (content is null)
        {
            Execute("DELETE FROM projection WHERE path = $path", ("$path", path));
            return;
        }

        Execute(
            "INSERT INTO projection (path, content) VALUES ($path, $content) ON CONFLICT (path) DO UPDATE SET content = excluded.content",
            ("$path", path), ("$content", content));
    }

    /// <summary>A changed row without an event would make the log lie (A1).</summary>
    internal void AssertLogged()
    {
        if (rows.Count > 0)
        {
            throw new InvalidOperationException($"rows were changed without an event: {rows[0]}");
        }
    }

    private string Changed<T>(string table, T record, JsonTypeInfo<T> type, int? order = null)
    {
        var doc = JsonSerializer.Serialize(record, type);
        var place = order is { } number ? string.Create(CultureInfo.InvariantCulture, $",\"order\":{number}") : "";
        rows.Add($"{{\"{table}\":{doc}{place}}}");
        return doc;
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var found = new List<T>();
        while (reader.Read())
        {
            found.Add(read(reader));
        }

        return found;
    }

    private void Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        Wrote |= command.ExecuteNonQuery() > 0;
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    private static string Text(SqliteDataReader reader) => reader.GetString(0);

    private static T Parse<T>(SqliteDataReader reader, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(reader.GetString(0), type)!;

    private static Lease ReadLease(SqliteDataReader reader) => Parse(reader, StoreJson.Default.Lease);
}
