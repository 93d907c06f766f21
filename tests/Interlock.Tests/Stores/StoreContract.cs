using System.Text;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Stores;

/// <summary>What every store promises about its rows. One subclass per store supplies the store.</summary>
public abstract partial class StoreContract
{
    private protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private protected static readonly AgentId Ada = new("dev-1");
    private protected static readonly AgentId Ben = new("dev-2");
    private protected static readonly TaskId First = new("2.5.1");
    private protected static readonly TaskId Second = new("2.5.2");

    /// <summary>Another instance on the same data; the first call creates it.</summary>
    private protected abstract IStore Open(string newEpoch = "epoch");

    [Fact]
    public void A_new_store_is_empty()
    {
        Open().Read(reader =>
        {
            Assert.Equal(0, reader.Revision);
            Assert.Null(reader.Meta("anything"));
            Assert.Null(reader.FindTask(First));
            Assert.Null(reader.FindLease(1));
            Assert.Null(reader.FindLanding(1));
            Assert.Null(reader.FindMessage("m"));
            Assert.Null(reader.Projection("a.json"));
            Assert.Empty(reader.Tasks());
            Assert.Empty(reader.Stories());
            Assert.Empty(reader.LiveLeases());
            Assert.Empty(reader.OpenLandings());
            return Assert.IsAssignableFrom<IReadOnlyList<Event>>(reader.Events(0, 10)).Count;
        });
    }

    [Fact]
    public void Every_member_of_every_record_comes_back()
    {
        var (task, lease, landing, message) = (Rows.FullTask(First), Rows.FullLease(First, Ada), Rows.FullLanding(First), Rows.FullMessage("m1", Ada));
        var story = new PlanStory(new StoryId("2.5"), "Sign in", "2", 3, 17);
        var fence = Write(Open(), transaction =>
        {
            transaction.Put(task);
            transaction.Put(landing);
            transaction.Put(message);
            transaction.Put(story, 1);
            return transaction.Add(lease).Fence;
        });

        Open().Read(reader =>
        {
            Assert.Equal(Rows.Json(task), Rows.Json(reader.FindTask(First)!));
            Assert.Equal(Rows.Json(lease with { Fence = fence }), Rows.Json(reader.FindLease(fence)!));
            Assert.Equal(Rows.Json(landing), Rows.Json(reader.FindLanding(landing.Fence)!));
            Assert.Equal(Rows.Json(message), Rows.Json(reader.FindMessage("m1")!));
            Assert.Equal(story, Assert.Single(reader.Stories()));
            return true;
        });
    }

    [Fact]
    public void A_transaction_reads_its_own_writes()
    {
        Write(Open(), transaction =>
        {
            transaction.Put(Rows.Task(First));
            Assert.NotNull(transaction.FindTask(First));
            var lease = transaction.Add(Rows.Lease(First, Ada));
            Assert.Equal(lease.Fence, Assert.Single(transaction.LiveLeases()).Fence);
            transaction.Put(lease with { Live = false });
            Assert.Empty(transaction.LiveLeases());
            transaction.SetMeta("k", "v");
            Assert.Equal("v", transaction.Meta("k"));
            transaction.SaveResult("r", "{}", Noon);
            Assert.Equal("{}", transaction.FindResult("r"));
            transaction.Append(Noon, "a", "b");
            Assert.Equal(1, transaction.Revision);
            return true;
        });
    }

    [Fact]
    public void Nothing_remains_of_work_that_throws()
    {
        var store = Open();
        Assert.Throws<TimeoutException>(() => store.Write<int>(transaction =>
        {
            FillEveryTable(transaction);
            throw new TimeoutException();
        }));

        Assert.Equal(Dump.Of(Open()), Dump.Of(store));
        store.Read(reader =>
        {
            Assert.Equal(0, reader.Revision);
            Assert.Empty(reader.Tasks());
            Assert.Empty(reader.LiveLeases());
            Assert.Empty(reader.Messages());
            Assert.Empty(reader.ProjectionPaths());
            Assert.Null(reader.Meta("k"));
            return true;
        });
        Assert.Null(store.Write(transaction => transaction.FindResult("r")));
        Write(store, transaction => FillEveryTable(transaction));
        Assert.Equal(1, store.Read(reader => reader.Revision));
    }

    [Fact]
    public void Changed_rows_without_an_event_are_refused_and_undone()
    {
        var changes = new Action<IStoreTransaction>[]
        {
            transaction => transaction.Put(Rows.Task(First)),
            transaction => transaction.Add(Rows.Lease(First, Ada)),
            transaction => transaction.Put(Rows.FullLanding(First)),
            transaction => transaction.Put(Rows.FullMessage("m1", Ada)),
            transaction => transaction.Put(new PlanStory(new StoryId("2.5"), "Sign in", null, 1, 1), 1),
        };
        var store = Open();
        foreach (var change in changes)
        {
            Assert.Throws<InvalidOperationException>(() => store.Write(transaction =>
            {
                transaction.Append(Noon, "before", "an event before the change does not cover it");
                change(transaction);
                return true;
            }));
            Assert.Equal(0, store.Read(reader => reader.Revision + reader.Tasks().Count + reader.LiveLeases().Count + reader.Messages().Count + reader.Stories().Count));
        }
    }

    [Fact]
    public void An_event_carries_every_row_changed_since_the_one_before()
    {
        var store = Open();
        store.Write(transaction =>
        {
            transaction.Put(Rows.Task(First));
            transaction.Put(Rows.Task(Second));
            transaction.Append(Noon, "first", "two tasks");
            transaction.Put(Rows.Task(First) with { Title = "renamed" });
            transaction.Append(Noon, "second", "one of them again");
            return true;
        });

        var rows = store.Read(reader => reader.Events(0, 10)).Select(line => Rows.TasksIn(line.Rows)).ToList();
        Assert.Equal([First, Second], rows[0].Select(task => task.Id));
        Assert.Equal("renamed", Assert.Single(rows[1]).Title);
    }

    [Fact]
    public void Events_come_in_the_order_they_happened_and_can_be_paged()
    {
        var store = Open();
        for (var i = 1; i <= 5; i++)
        {
            store.Write(transaction => Append(transaction, $"e{i}", i % 2 == 0 ? First : Second));
        }

        store.Read(reader =>
        {
            Assert.Equal([1L, 2, 3, 4, 5], reader.Events(0, 10).Select(line => line.Seq));
            Assert.Equal(["e3", "e4"], reader.Events(2, 2).Select(line => line.Message));
            Assert.Equal(["e2", "e4"], reader.Events(0, 10, new EventFilter(First)).Select(line => line.Message));
            Assert.Equal(["e4", "e5"], reader.LatestEvents(2).Select(line => line.Message));
            Assert.Equal(["e3", "e5"], reader.LatestEvents(2, new EventFilter(Second)).Select(line => line.Message));
            var line = reader.Events(0, 1)[0];
            Assert.Equal((Noon, "kind", Second, Ada, 7L), (line.At, line.Kind, line.Task!.Value, line.Agent!.Value, line.Fence!.Value));
            return reader.Revision;
        });
    }

    [Fact]
    public void Tasks_and_stories_come_in_the_plans_order()
    {
        var store = Open();
        Write(store, transaction =>
        {
            transaction.Put(Rows.Task(First) with { Order = 2 });
            transaction.Put(Rows.Task(Second) with { Order = 1 });
            transaction.Put(new PlanStory(new StoryId("1.1"), "later", null, 1, 9), 2);
            transaction.Put(new PlanStory(new StoryId("9.9"), "sooner", null, 1, 1), 1);
            return true;
        });

        Assert.Equal([Second, First], store.Read(reader => reader.Tasks()).Select(task => task.Id));
        Assert.Equal(["9.9", "1.1"], store.Read(reader => reader.Stories()).Select(story => story.Id.Value));
    }

    [Fact]
    public void Only_open_tasks_wait()
    {
        var store = Open();
        Write(store, transaction =>
        {
            transaction.Put(Rows.Task(First) with { WaitingSince = Noon });
            transaction.Put(Rows.Task(Second) with { WaitingSince = Noon, State = TaskState.Cancelled });
            transaction.Put(Rows.Task(new TaskId("2.5.3")));
            return true;
        });

        Assert.Equal([First], store.Read(reader => reader.WaitingTasks()).Select(task => task.Id));
    }

    [Fact]
    public void Open_landings_are_those_not_yet_settled_oldest_first()
    {
        var store = Open();
        Write(store, transaction =>
        {
            var states = new[] { LandingState.Merging, LandingState.Landed, LandingState.Submitted, LandingState.Returned };
            for (var i = states.Length; i > 0; i--)
            {
                transaction.Put(Rows.FullLanding(First) with { Fence = i, State = states[i - 1] });
            }

            return true;
        });

        Assert.Equal([1L, 3], store.Read(reader => reader.OpenLandings()).Select(landing => landing.Fence));
        Write(store, transaction => { transaction.Put(transaction.FindLanding(1)! with { State = LandingState.Landed }); return true; });
        Assert.Equal([3L], store.Read(reader => reader.OpenLandings()).Select(landing => landing.Fence));
    }

    [Fact]
    public void Projections_are_kept_byte_for_byte_until_removed()
    {
        var store = Open();
        byte[] bytes = [0, 255, 13, 10];
        store.Write(transaction => { transaction.SetProjection("b", bytes); transaction.SetProjection("a", []); return true; });
        Assert.Equal(bytes, store.Read(reader => reader.Projection("b"))!);
        Assert.Equal([], store.Read(reader => reader.Projection("a"))!);
        Assert.Equal(["a", "b"], store.Read(reader => reader.ProjectionPaths()));

        store.Write(transaction => { transaction.SetProjection("b", Encoding.UTF8.GetBytes("new")); transaction.SetProjection("a", null); return true; });
        Assert.Equal("new"u8.ToArray(), store.Read(reader => reader.Projection("b"))!);
        Assert.Equal(["b"], store.Read(reader => reader.ProjectionPaths()));
    }

    [Fact]
    public void A_message_is_stored_once_and_delivered_once_to_each()
    {
        var store = Open();
        Write(store, transaction => { transaction.Put(Rows.FullMessage("m2", Ada)); transaction.Put(Rows.FullMessage("m1", Ben)); return true; });
        Assert.Equal(["m1", "m2"], store.Read(reader => reader.Messages()).Select(message => message.Id));
        Assert.ThrowsAny<Exception>(() => Write(store, transaction => { transaction.Put(Rows.FullMessage("m1", Ada)); return true; }));
        Assert.Equal(Ben, store.Read(reader => reader.FindMessage("m1"))!.From);

        Write(store, transaction => { transaction.Deliver("m1", Ada, Noon); transaction.Deliver("m1", Ada, Noon.AddHours(1)); return true; });
        Assert.True(store.Read(reader => reader.IsDelivered("m1", Ada)));
        Assert.False(store.Read(reader => reader.IsDelivered("m1", Ben)));
        Assert.False(store.Read(reader => reader.IsDelivered("m2", Ada)));
    }

    [Fact]
    public void The_first_result_of_a_request_stays()
    {
        var store = Open();
        store.Write(transaction => { transaction.SaveResult("r", "first", Noon); return true; });
        Assert.ThrowsAny<Exception>(() => store.Write(transaction => { transaction.SaveResult("r", "second", Noon); return true; }));
        Assert.Equal("first", Open().Write(transaction => transaction.FindResult("r")));
        Assert.Null(store.Write(transaction => transaction.FindResult("R")));
    }

    private protected static T Write<T>(IStore store, Func<IStoreTransaction, T> work) => store.Write(transaction =>
    {
        var result = work(transaction);
        transaction.Append(Noon, "test", "rows changed");
        return result;
    });

    private static long Append(IStoreTransaction transaction, string message, TaskId task)
    {
        transaction.Append(Noon, "kind", message, task, Ada, 7);
        return transaction.Revision;
    }

    private static bool FillEveryTable(IStoreTransaction transaction)
    {
        transaction.Put(Rows.Task(First));
        transaction.Put(Rows.FullLanding(First));
        transaction.Put(Rows.FullMessage("m1", Ada));
        transaction.Put(new PlanStory(new StoryId("2.5"), "Sign in", null, 1, 1), 1);
        transaction.Add(Rows.Lease(First, Ada));
        transaction.Deliver("m1", Ada, Noon);
        transaction.Put(new Suggestion { Id = Second, Story = new StoryId("2.5"), Title = "one more", By = Ada });
        transaction.Put(Rows.FullUsage(1, First, Ada));
        transaction.Put(Rows.FullBreaker());
        transaction.SetMeta("k", "v");
        transaction.SaveResult("r", "{}", Noon);
        transaction.SetProjection("p", [1]);
        return true;
    }
}
