using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Tests.Stores;

namespace Interlock.Tests.Scheduling;

/// <summary>One rule, its holder, and since when.</summary>
public sealed class Explanations
{
    private static readonly LeaseClock Now = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(1), "boot");

    [Fact]
    public void A_task_behind_others_is_explained_by_the_one_at_their_head()
    {
        var explained = Explain("3", [Task("1") with { State = TaskState.Running }, Task("2", "1"), Task("3", "2")], LeaseOf("1", "dev-1", 5));
        Assert.Equal("task 3 waits for 2 (pending), which waits for 1: task 1 is claimed by dev-1 for 5 min 0 s", explained.Text);
        Assert.Equal((TaskState.Blocked, Now.Wall.AddMinutes(-5)), (explained.State, explained.Since!.Value));
        Assert.Equal(["2", "1"], explained.Through.Select(id => id.Value));
    }

    [Fact]
    public void A_dependency_nobody_works_on_is_said_to_be_free()
    {
        var explained = Explain("2", [Task("1"), Task("2", "1")]);
        Assert.Equal("task 2 waits for 1 (pending), and nothing is in the way of 1", explained.Text);
        Assert.Null(explained.Since);
    }

    [Fact]
    public void Tasks_in_a_circle_are_explained_too()
    {
        var explained = Explain("1", [Task("1", "2"), Task("2", "3"), Task("3", "2")]);
        Assert.Equal(["2", "3"], explained.Through.Select(id => id.Value));
    }

    [Fact]
    public void A_busy_file_names_its_holder_and_since_when()
    {
        var explained = Explain("2", [Task("1") with { State = TaskState.Running }, Task("2") with { Files = ["a"] }], LeaseOf("1", "dev-1", 90) with { Files = ["a"] });
        Assert.Equal("a is leased by dev-1 (task 1) for 1 h 30 min", explained.Text);
        Assert.Equal((Now.Wall.AddMinutes(-90), new AgentId("dev-1")), (explained.Since!.Value, explained.Because!.Holder!.Value));
    }

    [Fact]
    public void A_reservation_names_the_task_that_waits_and_since_when()
    {
        var waiting = Task("1") with { Files = ["a"], WaitingSince = Now.Wall.AddMinutes(-3), WaitingFrom = 1, Bypasses = 3 };
        var explained = Explain("2", [waiting, Task("2") with { Files = ["a"] }]);
        Assert.Equal("a is reserved for task 1, which 3 claims have passed by", explained.Text);
        Assert.Equal(Now.Wall.AddMinutes(-3), explained.Since);
    }

    [Fact]
    public void With_nothing_in_its_way_that_is_said() =>
        Assert.Equal((TaskState.Ready, "nothing is in the way of task 1"), (Explain("1", [Task("1")]).State, Explain("1", [Task("1")]).Text));

    private static Explanation Explain(string id, WorkTask[] tasks, params Lease[] leases)
    {
        var snapshot = new Snapshot(tasks, leases, Limits.Default, Now);
        return Explanation.Of(snapshot, snapshot.Find(new TaskId(id))!, Effort.Prior);
    }

    private static WorkTask Task(string id, params string[] dependencies) =>
        Rows.Task(new TaskId(id)) with { Module = id, Dependencies = [.. dependencies.Select(dependency => new TaskId(dependency))] };

    private static Lease LeaseOf(string task, string agent, int minutes) =>
        Rows.Lease(new TaskId(task), new AgentId(agent)) with { AcquiredAt = Now.Wall.AddMinutes(-minutes), Module = task };
}
