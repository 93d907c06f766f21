using System.Globalization;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Stores;

/// <summary>What every store promises to several readers and writers at once.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public void The_epoch_stays_over_a_reopening()
    {
        Assert.Equal("first", Open("first").Epoch);
        Assert.Equal("first", Open("second").Epoch);
    }

    [Fact]
    public void Fences_strictly_grow_and_are_never_handed_out_again()
    {
        var seen = new List<long>();
        for (var round = 0; round < 4; round++)
        {
            var store = Open();
            var lease = Write(store, transaction => transaction.Add(Rows.Lease(First, Ada)));
            seen.Add(lease.Fence);
            Write(store, transaction => { transaction.Put(lease with { Live = false }); return true; });
            seen.Add(Write(store, transaction => transaction.Add(Rows.Lease(null, Ada))).Fence);
        }

        Assert.Equal(seen.Order().Distinct(), seen);
        Assert.True(seen[0] > 0);
    }

    [Fact]
    public void A_stored_lease_carries_its_fence()
    {
        var store = Open();
        var added = Write(store, transaction => transaction.Add(Rows.Lease(First, Ada)));
        Assert.Equal(Rows.Json(added), Rows.Json(store.Read(reader => reader.FindLease(added.Fence))!));
        Assert.Equal(added.Fence, Assert.Single(store.Read(reader => reader.LiveLeases())).Fence);
    }

    [Fact]
    public void A_second_live_lease_of_one_task_cannot_be_stored()
    {
        var store = Open();
        var first = Write(store, transaction => transaction.Add(Rows.Lease(First, Ada)));
        Assert.ThrowsAny<Exception>(() => Write(store, transaction => transaction.Add(Rows.Lease(First, Ben))));
        Assert.Equal(first.Fence, Assert.Single(Open().Read(reader => reader.LiveLeases())).Fence);

        Write(store, transaction => { transaction.Put(first with { Live = false }); return true; });
        var next = Write(store, transaction => transaction.Add(Rows.Lease(First, Ben)));
        Assert.ThrowsAny<Exception>(() => Write(store, transaction => { transaction.Put(first with { Live = true }); return true; }));
        Assert.Equal(next.Fence, Assert.Single(store.Read(reader => reader.LiveLeases())).Fence);
    }

    [Fact]
    public void Leases_without_a_task_do_not_exclude_each_other()
    {
        var store = Open();
        Write(store, transaction => transaction.Add(Rows.Lease(null, Ada)));
        Write(store, transaction => transaction.Add(Rows.Lease(null, Ada)));
        Assert.Equal(2, store.Read(reader => reader.LiveLeases()).Count);
    }

    [Fact]
    public void Two_instances_see_each_others_writes()
    {
        var (one, other) = (Open(), Open());
        one.Write(transaction => { transaction.SetMeta("k", "1"); return true; });
        Assert.Equal("1", other.Read(reader => reader.Meta("k")));
        other.Write(transaction => { transaction.SetMeta("k", transaction.Meta("k") + "2"); return true; });
        Assert.Equal("12", one.Read(reader => reader.Meta("k")));
    }

    [Fact]
    public void A_reading_stays_one_snapshot_while_others_write()
    {
        var (reading, writing) = (Open(), Open());
        writing.Write(transaction => { transaction.SetMeta("k", "before"); return true; });
        reading.Read(reader =>
        {
            Assert.Equal("before", reader.Meta("k"));
            Write(writing, transaction => { transaction.SetMeta("k", "after"); transaction.Put(Rows.Task(First)); return true; });
            Assert.Equal("before", reader.Meta("k"));
            Assert.Null(reader.FindTask(First));
            return reader.Revision;
        });
        Assert.Equal("after", reading.Read(reader => reader.Meta("k")));
    }

    [Fact]
    public void A_reader_sees_nothing_of_a_transaction_before_it_commits()
    {
        var (reading, writing) = (Open(), Open());
        writing.Write(transaction =>
        {
            transaction.SetMeta("k", "v");
            Assert.Null(reading.Read(reader => reader.Meta("k")));
            return true;
        });
        Assert.Equal("v", reading.Read(reader => reader.Meta("k")));
    }

    [Fact]
    public async Task Writers_of_several_connections_lose_no_update()
    {
        const int Writers = 4;
        const int Rounds = 25;
        Open();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            var store = Open();
            for (var round = 0; round < Rounds; round++)
            {
                store.Write(transaction =>
                {
                    var count = int.Parse(transaction.Meta("count") ?? "0", CultureInfo.InvariantCulture) + 1;
                    transaction.SetMeta("count", count.ToString(CultureInfo.InvariantCulture));
                    transaction.Append(Noon, "counted", count.ToString(CultureInfo.InvariantCulture));
                    return true;
                });
            }
        })));

        var events = Open().Read(reader => reader.Events(0, 1000));
        Assert.Equal(Enumerable.Range(1, Writers * Rounds), events.Select(line => int.Parse(line.Message, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task One_instance_may_be_used_by_several_threads()
    {
        var store = Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 20; round++)
            {
                store.Write(transaction => { transaction.Append(Noon, "k", "m"); return true; });
                Assert.True(store.Read(reader => reader.Revision) > 0);
            }
        })));
        Assert.Equal(80, store.Read(reader => reader.Revision));
    }
}
