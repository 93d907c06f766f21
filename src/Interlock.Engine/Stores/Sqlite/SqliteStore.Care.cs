using System.Globalization;
using Interlock.Engine.Platform;
using Microsoft.Data.Sqlite;

namespace Interlock.Engine.Stores.Sqlite;

/// <summary>Looking after the file itself.</summary>
public sealed partial class SqliteStore
{
    private const int MostFaults = 20;
    private const int WaitsForEachCommit = 2;

    public StoreExam Examine()
    {
        lock (exclusive)
        {
            try
            {
                var faults = Lines($"PRAGMA integrity_check({MostFaults.ToString(CultureInfo.InvariantCulture)})").Where(line => line != "ok")
                    .Concat(Lines("PRAGMA foreign_key_check").Select(table => $"a row of {table} points nowhere"))
                    .ToList();
                return new StoreExam(
                    Lines("SELECT sqlite_version()")[0],
                    Number("PRAGMA user_version"),
                    Lines("PRAGMA journal_mode")[0],
                    faults,
                    Number("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'lease'), 0)") + 1,
                    Number("PRAGMA synchronous") >= WaitsForEachCommit ? Durability.Full : Durability.Normal);
            }
            catch (SqliteException error)
            {
                throw Explain(error, connection.DataSource);
            }
        }
    }

    public void CopyTo(string path)
    {
        lock (exclusive)
        {
            try
            {
                using var command = connection.CreateCommand();
                command.CommandText = "VACUUM INTO $copy";
                command.Parameters.AddWithValue("$copy", path);
                command.ExecuteNonQuery();
            }
            catch (SqliteException error)
            {
                throw Explain(error, path);
            }
        }
    }

    // Whoever goes on writing into a deleted file answers to nobody: a later command has begun another store by then.
    private void RequireSameFile()
    {
        if (file is not null && FileNow() != file)
        {
            throw new StoreException(
                $"{connection.DataSource} was deleted or replaced while it was open; nothing was changed",
                "Run the command again; if the state is gone: interlock doctor --rebuild");
        }
    }

    // Windows does not let an open file be deleted.
    private FileIdentity? FileNow() => OperatingSystem.IsWindows() ? null : FileIdentity.Of(connection.DataSource);

    private long Number(string sql) => Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private List<string> Lines(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
