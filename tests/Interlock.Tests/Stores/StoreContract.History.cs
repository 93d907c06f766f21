using Interlock.Domain.Merging;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Stores;

public abstract partial class StoreContract
{
    [Fact]
    public void The_log_alone_rebuilds_the_rows_of_every_table()
    {
        var store = Open();
        Write(store, transaction =>
        {
            FillEveryTable(transaction);
            transaction.Put(new BranchState { Ref = "refs/heads/interlock/2.5", Tip = "c0" });
            return true;
        });
        var (rows, replay) = store.Read(reader => (reader.Rows(), EventReplay.Until(reader, reader.Revision)));

        Assert.Equal(["branch", "breaker", "delivery", "landing", "lease", "message", "story", "suggestion", "task", "usage"], rows.Select(row => row.Table).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(replay.DifferencesTo(rows));
        Assert.Equal(["task 2.5.1"], replay.DifferencesTo([.. rows.Select(row => row.Table == "task" ? row with { Doc = "{}" } : row)]));
        Assert.Equal(["lease 1"], replay.DifferencesTo([.. rows.Where(row => row.Table != "lease")]));
    }

    [Fact]
    public void What_attempts_used_and_who_refused_is_read_as_it_was_written()
    {
        var store = Open();
        var (usage, other) = (Rows.FullUsage(7, First, Ada), Rows.FullUsage(8, Second, Ada) with { Cost = null });
        Write(store, transaction =>
        {
            transaction.Put(other);
            transaction.Put(usage with { Cost = 99 });
            transaction.Put(usage);
            transaction.Put(Rows.FullBreaker());
            return true;
        });

        Assert.Equal([usage, other], store.Read(reader => reader.Usages()));
        Assert.Equal([usage], store.Read(reader => reader.Usages(First)));
        Assert.Equal([Rows.FullBreaker()], store.Read(reader => reader.Breakers()));
        Assert.Throws<InvalidOperationException>(() => store.Write(transaction => { transaction.Put(usage with { Cost = 1 }); return true; }));
        Assert.Throws<InvalidOperationException>(() => store.Write(transaction => { transaction.Put(Rows.FullBreaker() with { Trips = 3 }); return true; }));
        Assert.Equal([usage], store.Read(reader => reader.Usages(First)));
    }

    [Fact]
    public void A_sound_file_is_told_and_fences_can_be_skipped_but_never_taken_back()
    {
        var store = Open();
        Write(store, FillEveryTable);
        var exam = store.Examine();
        Assert.Equal((0, "wal", 2L), (exam.Faults.Count, exam.Journal, exam.NextFence));

        store.Write(transaction => { transaction.SkipFences(41); transaction.SkipFences(7); return true; });

        Assert.Equal(42, store.Examine().NextFence);
        Assert.Equal(42, Write(store, transaction => transaction.Add(Rows.Lease(Second, Ada))).Fence);
    }
}
