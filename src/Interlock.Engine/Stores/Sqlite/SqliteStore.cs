using System.Globalization;
using System.Reflection;
using Interlock.Engine.Platform;
using Microsoft.Data.Sqlite;

namespace Interlock.Engine.Stores.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in WAL mode. Writers of all processes pass one short file gate before
/// <c>BEGIN IMMEDIATE</c>, because SQLite's own waiting is a poll that starves under many writers.
/// </summary>
public sealed partial class SqliteStore : IStore
{
    private static readonly Version OldestSafe = new(3, 51, 3);

    private readonly SqliteConnection connection;
    private readonly string gatePath;
    private readonly object exclusive = new();
    private readonly FileIdentity? file;

    private SqliteStore(SqliteConnection connection, string gatePath, string epoch)
    {
        this.connection = connection;
        this.gatePath = gatePath;
        Epoch = epoch;
        file = FileNow();
    }

    public string Epoch { get; }

    /// <summary>Opens the file, creating or upgrading it first.</summary>
    /// <param name="newEpoch">Names a store that does not exist yet.</param>
    /// <exception cref="StoreException">Newer schema, unsafe SQLite, network file system, unreadable or read-only file.</exception>
    public static SqliteStore Open(string path, Func<string> newEpoch, Durability durability = Durability.Full)
    {
        NetworkFileSystem.Refuse(Path.GetDirectoryName(path)!);
        RefuseStub(path);
        var gatePath = path + ".gate";
        SqliteConnection? connection = null;
        try
        {
            connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
                DefaultTimeout = 30,
            }.ConnectionString);
            connection.Open();
            AssertVersion(connection);
            Execute(connection, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {(durability == Durability.Full ? "FULL" : "NORMAL")}; PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON;");
            using (EnterGate(gatePath, path))
            {
                Migrate(connection, path);
                var epoch = Scalar(connection, "SELECT value FROM meta WHERE key = 'epoch'") as string;
                if (epoch is null)
                {
                    epoch = newEpoch();
                    using var insert = connection.CreateCommand();
                    insert.CommandText = "INSERT INTO meta (key, value) VALUES ('epoch', $epoch)";
                    insert.Parameters.AddWithValue("$epoch", epoch);
                    insert.ExecuteNonQuery();
                }

                return new SqliteStore(connection, gatePath, epoch);
            }
        }
        catch (SqliteException error)
        {
            connection?.Dispose();
            throw Explain(error, path);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    public T Read<T>(Func<IStoreReader, T> work)
    {
        lock (exclusive)
        {
            try
            {
                using var transaction = connection.BeginTransaction(deferred: true);
                var result = work(new SqliteTransactionScope(connection, transaction));
                transaction.Commit();
                return result;
            }
            catch (SqliteException error)
            {
                throw Explain(error, connection.DataSource);
            }
        }
    }

    public T Write<T>(Func<IStoreTransaction, T> work)
    {
        lock (exclusive)
        {
            try
            {
                RequireSameFile();
                using var gate = EnterGate(gatePath, connection.DataSource);
                RequireSameFile();
                using var transaction = connection.BeginTransaction(deferred: false);
                var scope = new SqliteTransactionScope(connection, transaction);
                var result = work(scope);
                scope.AssertLogged();
                Commit(transaction, scope);
                return result;
            }
            catch (SqliteException error)
            {
                throw Explain(error, connection.DataSource);
            }
        }
    }

    public void Dispose() => connection.Dispose();

    private static void Commit(SqliteTransaction transaction, SqliteTransactionScope scope)
    {
        if (!scope.Wrote)
        {
            transaction.Commit();
            return;
        }

        Effects.Pass("store: commit");
        transaction.Commit();
        Effects.Pass("store: committed");
    }

    private static FileGate EnterGate(string gatePath, string path)
    {
        try
        {
            return FileGate.Acquire(gatePath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be written: {error.Message}", "Check the permissions of the folder and that the disk is mounted writable", error);
        }
    }

    private static void AssertVersion(SqliteConnection connection)
    {
        var version = Version.Parse((string)Scalar(connection, "SELECT sqlite_version()")!);
        if (version < OldestSafe)
        {
            throw new StoreException(
                $"SQLite {version} can corrupt a write-ahead log; {OldestSafe} or newer is needed",
                "Install interlock with the SQLite it ships");
        }
    }

    private static void Migrate(SqliteConnection connection, string path)
    {
        var migrations = Migrations();
        var current = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (current > migrations.Count)
        {
            throw new StoreException(
                $"{path} has schema {current}, newer than the {migrations.Count} this version knows",
                "Use the newer interlock that wrote it");
        }

        if (current < 0)
        {
            throw Damaged(path, "its header names a schema that there cannot be", null);
        }

        for (var next = current; next < migrations.Count; next++)
        {
            if (next == current && current > 0)
            {
                // As it was found, before anything is changed. One that a crash left half-way is of this same schema, and in the way.
                File.Delete($"{path}.schema-{next}.bak");
                using var backup = connection.CreateCommand();
                backup.CommandText = "VACUUM INTO $copy";
                backup.Parameters.AddWithValue("$copy", $"{path}.schema-{next}.bak");
                backup.ExecuteNonQuery();
            }

            using var transaction = connection.BeginTransaction(deferred: false);
            Execute(connection, migrations[next]);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {next + 1}"));
            transaction.Commit();
        }
    }

    private static List<string> Migrations()
    {
        var assembly = typeof(SqliteStore).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => ReadResource(assembly, name))];
    }

    private static string ReadResource(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static StoreException Explain(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        8 or 14 => new StoreException($"{path} cannot be written: {error.Message}", "Check the permissions of the folder and that the disk is mounted writable", error),
        13 => Full(path, error),
        // The write-ahead log's index reports a full disk as a plain I/O error.
        10 when FreeSpace.On(Path.GetDirectoryName(path)!) < 64 * 1024 => Full(path, error),
        11 or 26 => Damaged(path, error.Message, error),
        _ => new StoreException($"{path}: {error.Message}", "Run the command again; if it stays, check the disk", error),
    };

    private static StoreException Damaged(string path, string why, Exception? error) =>
        new($"{path} is damaged: {why}", "See what can be done: interlock doctor", error);

    // SQLite takes a file that is shorter than its smallest page for a new database, and would begin another store in it.
    private static void RefuseStub(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > 0 and < 512 })
        {
            throw Damaged(path, "it is cut off", null);
        }
    }

    private static StoreException Full(string path, SqliteException error) =>
        new($"the disk with {path} is full; nothing was changed", "Free some space and run the command again", error);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
