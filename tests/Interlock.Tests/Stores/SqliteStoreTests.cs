using Interlock.Engine.Stores;
using Interlock.Engine.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Interlock.Tests.Stores;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-store-").FullName;
    private readonly List<IStore> opened = [];

    private string File => Path.Combine(folder, "state.db");

    private protected override IStore Open(string newEpoch = "epoch")
    {
        var store = SqliteStore.Open(File, () => newEpoch);
        lock (opened)
        {
            opened.Add(store);
        }

        return store;
    }

    public void Dispose()
    {
        Close();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_sqlite_it_ships_cannot_corrupt_a_write_ahead_log()
    {
        using var connection = Raw("SELECT sqlite_version()", out var version);
        Assert.True(Version.Parse((string)version!) >= new Version(3, 51, 3), $"sqlite {version}");
    }

    [Fact]
    public void A_fence_is_not_repeated_even_after_its_rows_are_gone()
    {
        var last = Enumerable.Range(0, 3).Select(_ => Write(Open(), transaction => transaction.Add(Rows.Lease(null, Ada))).Fence).Last();
        Close();
        Raw("DELETE FROM lease; SELECT 1", out _).Dispose();

        Assert.True(Write(Open(), transaction => transaction.Add(Rows.Lease(null, Ada))).Fence > last);
    }

    [Theory]
    [InlineData("UPDATE event SET message = 'other'")]
    [InlineData("DELETE FROM event")]
    public void The_event_log_cannot_be_rewritten(string sql)
    {
        Open().Write(transaction => { transaction.Append(Noon, "k", "m"); return true; });
        Assert.Contains("append-only", Assert.Throws<SqliteException>(() => Raw(sql, out _)).Message);
        Assert.Equal("m", Open().Read(reader => reader.Events(0, 1))[0].Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(511)]
    public void A_file_that_is_cut_off_is_damaged_and_no_new_store(int length)
    {
        Open();
        Close();
        System.IO.File.WriteAllBytes(File, System.IO.File.ReadAllBytes(File)[..length]);

        Assert.Contains("damaged", Assert.Throws<StoreException>(() => Open()).Message, StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(File).Length);
    }

    [Fact]
    public void A_header_with_a_schema_below_the_first_is_damaged()
    {
        Open();
        Close();
        Raw("PRAGMA user_version = -2147483640; SELECT 1", out _).Dispose();

        Assert.Contains("damaged", Assert.Throws<StoreException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_of_a_newer_version_is_left_alone()
    {
        Open();
        Close();
        Raw("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)", out _).Dispose();

        var before = System.IO.File.ReadAllBytes(File);
        var error = Assert.Throws<StoreException>(() => Open());
        Assert.Contains(File, error.Message);
        Assert.Contains("schema 99", error.Message);
        Assert.Contains("newer interlock", error.Hint);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_store_of_the_first_version_is_brought_up_and_kept_as_a_copy()
    {
        Write(Open(), transaction => { transaction.Put(Rows.Task(First)); return true; });
        Close();
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!, "*.bak"));
        Raw(
            """
            DROP TABLE heartbeat; DROP TABLE check_run; DROP TABLE branch; DROP TABLE usage; DROP TABLE breaker; DROP TABLE suggestion; DROP TABLE sign_of_life;
            DROP INDEX delivery_by_agent; ALTER TABLE delivery DROP COLUMN state;
            DROP INDEX message_awaited; DROP INDEX message_by_time; ALTER TABLE message DROP COLUMN awaited;
            PRAGMA user_version = 1
            """,
            out _).Dispose();
        System.IO.File.WriteAllText(File + ".schema-1.bak", "half a copy that a crash left");

        Assert.NotNull(Open().Read(reader => reader.FindTask(First)));
        Assert.Empty(Open().Read(reader => reader.CheckNames()));
        using var copy = new SqliteConnection($"Data Source={File}.schema-1.bak;Pooling=False");
        copy.Open();
        using var count = copy.CreateCommand();
        count.CommandText = "SELECT count(*) FROM task";
        Assert.Equal(1L, count.ExecuteScalar());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File)!, "*.bak"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_left_alone()
    {
        var garbage = "This is a letter, not a database.\n"u8.ToArray();
        System.IO.File.WriteAllBytes(File, garbage);

        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Open()), "interlock doctor");
        Assert.Equal(garbage, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_copy_of_the_file_is_a_store_of_its_own_with_the_same_rows()
    {
        var store = Open();
        Write(store, transaction => { transaction.Put(Rows.FullTask(First)); return true; });
        var copy = $"{File}.copy";
        store.CopyTo(copy);

        using var copied = SqliteStore.Open(copy, () => "other");

        Assert.Equal(store.Epoch, copied.Epoch);
        Assert.Equal(store.Read(reader => reader.Rows()), copied.Read(reader => reader.Rows()));
        Assert.Throws<StoreException>(() => store.CopyTo(copy));
    }

    [Fact]
    public void A_file_that_was_deleted_or_replaced_under_an_open_store_takes_no_more_writes()
    {
        var store = Open();
        System.IO.File.Delete(File);
        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Write(store, transaction => { transaction.Put(Rows.FullTask(First)); return true; })), "--rebuild");

        var successor = Open("other");
        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Write(store, transaction => { transaction.Put(Rows.FullTask(First)); return true; })), "--rebuild");
        Assert.Empty(successor.Read(reader => reader.Tasks()));
    }

    [Fact]
    public void A_damaged_database_is_reported_by_whatever_touches_it()
    {
        Write(Open(), transaction => { transaction.Put(Rows.FullTask(First)); return true; });
        Close();
        Raw("PRAGMA wal_checkpoint(TRUNCATE)", out _).Dispose();
        var damaged = System.IO.File.ReadAllBytes(File);
        damaged.AsSpan(4096).Fill(0xA5);
        System.IO.File.WriteAllBytes(File, damaged);

        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Open().Read(reader => reader.Tasks())), "interlock doctor");
        Close();
        Assert.Equal(damaged, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Damage_found_while_reading_is_a_store_error_too()
    {
        var store = Open();
        Raw("DROP TABLE task; SELECT 1", out _).Dispose();
        Assert.Contains(File, Assert.Throws<StoreException>(() => store.Read(reader => reader.Tasks())).Message);
        Assert.Contains(File, Assert.Throws<StoreException>(() => store.Write(transaction => transaction.Tasks())).Message);
    }

    [Fact]
    public void A_place_that_cannot_hold_a_file_is_reported()
    {
        Directory.CreateDirectory(File);
        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Open()), "permissions");
    }

    [Fact]
    public void A_lock_file_that_cannot_be_opened_is_reported()
    {
        Directory.CreateDirectory(File + ".gate");
        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Open()), "permissions");
    }

    [Fact]
    public void A_lock_file_that_becomes_unusable_is_reported()
    {
        var store = Open();
        System.IO.File.Delete(File + ".gate");
        Directory.CreateDirectory(File + ".gate");
        AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => store.Write(_ => true)), "permissions");
    }

    // A mount, because permissions do not bind the user that CI runs as.
    [Fact]
    public void A_read_only_disk_is_reported_and_the_file_left_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", folder), "cannot mount a disk here");
        try
        {
            Open().Write(transaction => { transaction.SetMeta("k", "v"); return true; });
            Close();
            var before = System.IO.File.ReadAllBytes(File);
            Assert.True(Mount("-o", "remount,ro", folder));

            AssertNamesFileAndRemedy(Assert.Throws<StoreException>(() => Open()), "permissions");

            Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        }
        finally
        {
            Close();
            Run("umount", "-l", folder);
        }
    }

    [Fact]
    public void A_full_disk_is_named_loses_nothing_and_is_over_once_there_is_space()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", folder), "cannot mount a disk here");
        try
        {
            Open().Write(transaction => { transaction.SetMeta("k", "before"); return true; });
            Close();
            var filler = Path.Combine(folder, "filler");
            Fill(filler);

            var error = Assert.Throws<StoreException>(() => Open().Write(transaction => { transaction.SetMeta("k", new string('x', 1 << 20)); return true; }));

            Assert.Contains("full", error.Message, StringComparison.Ordinal);
            Close();
            System.IO.File.Delete(filler);
            Assert.Equal("before", Open().Read(reader => reader.Meta("k")));
            Open().Write(transaction => { transaction.SetMeta("k", "after"); return true; });
            Assert.Equal("after", Open().Read(reader => reader.Meta("k")));
        }
        finally
        {
            Close();
            Run("umount", "-l", folder);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        while (true)
        {
            try
            {
                file.Write(block);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private static bool Mount(params string[] arguments) => Run("mount", arguments);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private void AssertNamesFileAndRemedy(StoreException error, string remedy)
    {
        Assert.Contains(File, error.Message);
        Assert.Contains(remedy, error.Hint);
    }

    private void Close()
    {
        opened.ForEach(store => store.Dispose());
        opened.Clear();
    }

    private SqliteConnection Raw(string sql, out object? first)
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        first = command.ExecuteScalar();
        return connection;
    }
}
