using Interlock.Domain.Verification;
using Microsoft.Data.Sqlite;

namespace Interlock.Engine.Stores.Sqlite;

internal sealed partial class SqliteTransactionScope
{
    private const string CheckColumns = "key, name, result, at, ms, runs, log";

    public CheckRun? FindGreen(string key) => Query(
        $"SELECT {CheckColumns} FROM check_run WHERE key = $key AND result <> 'Failed' ORDER BY seq DESC LIMIT 1", ReadCheck, ("$key", key)).FirstOrDefault();

    public IReadOnlyList<CheckRun> LatestRuns(string check, int limit) => Query(
        $"SELECT {CheckColumns} FROM check_run WHERE name = $name ORDER BY seq DESC LIMIT $limit", ReadCheck, ("$name", check), ("$limit", limit));

    public IReadOnlyList<string> CheckNames() => Query("SELECT DISTINCT name FROM check_run ORDER BY name", Text);

    public void Add(CheckRun run, int keep)
    {
        Execute(
            $"INSERT INTO check_run ({CheckColumns}) VALUES ($key, $name, $result, $at, $ms, $runs, $log)",
            ("$key", run.Key), ("$name", run.Check), ("$result", run.Result.ToString()), ("$at", UtcConverter.Text(run.At)),
            ("$ms", (long)run.Took.TotalMilliseconds), ("$runs", run.Runs), ("$log", run.Log));
        Execute("DELETE FROM check_run WHERE seq <= (SELECT max(seq) FROM check_run) - $keep", ("$keep", keep));
    }

    private static CheckRun ReadCheck(SqliteDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        Enum.Parse<CheckResult>(reader.GetString(2)),
        UtcConverter.Parse(reader.GetString(3)),
        TimeSpan.FromMilliseconds(reader.GetInt64(4)),
        reader.GetInt32(5),
        reader.IsDBNull(6) ? null : reader.GetString(6));
}
