using Interlock.Domain.Plans;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Stores.Sqlite;

internal sealed partial class SqliteTransactionScope
{
    public IReadOnlyList<AttemptUsage> Usages() => Query("SELECT doc FROM usage ORDER BY fence", reader => Parse(reader, StoreJson.Default.AttemptUsage));

    public IReadOnlyList<AttemptUsage> Usages(TaskId task) =>
        Query("SELECT doc FROM usage WHERE task = $task ORDER BY fence", reader => Parse(reader, StoreJson.Default.AttemptUsage), ("$task", task.Value));

    public IReadOnlyList<Breaker> Breakers() => Query("SELECT doc FROM breaker ORDER BY id", reader => Parse(reader, StoreJson.Default.Breaker));

    public void Put(AttemptUsage usage)
    {
        var doc = Changed("usage", usage, StoreJson.Default.AttemptUsage);
        Execute(
            "INSERT INTO usage (fence, task, doc) VALUES ($fence, $task, $doc) ON CONFLICT (fence) DO UPDATE SET doc = excluded.doc",
            ("$fence", usage.Fence), ("$task", usage.Task.Value), ("$doc", doc));
    }

    public void Put(Breaker breaker)
    {
        var doc = Changed("breaker", breaker, StoreJson.Default.Breaker);
        Execute("INSERT INTO breaker (id, doc) VALUES ($id, $doc) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", ("$id", breaker.Id), ("$doc", doc));
    }
}
