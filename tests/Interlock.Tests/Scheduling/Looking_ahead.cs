using Interlock.Benchmarks.Scheduling;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using static Interlock.Tests.Simulation.Workloads;

namespace Interlock.Tests.Scheduling;

/// <summary>Orders that no single rule gives.</summary>
public sealed class Looking_ahead
{
    [Fact]
    public void Work_that_longest_first_divides_badly_ends_together() =>
        Assert.Equal(6, Simulator.Run(Of(2, Task("1", 3, []), Task("2", 3, []), Task("3", 2, []), Task("4", 2, []), Task("5", 2, []))).Makespan.TotalMinutes);

    [Fact]
    public void A_task_before_the_busiest_file_goes_first_though_a_longer_chain_waits()
    {
        var hot = Enumerable.Range(1, 4).Select(i => Task($"hot-{i}", 10, ["hot"], "gate"));
        var schedule = Simulator.Run(Of(1, [Task("long-1", 15, []), Task("long-2", 15, [], "long-1"), Task("gate", 5, []), .. hot]) with { Landing = TimeSpan.Zero });
        Assert.Equal("gate", schedule.Assignments[0].Task.Value);
    }

    [Fact]
    public void A_chain_whose_every_link_must_land_goes_before_a_longer_task()
    {
        var schedule = Simulator.Run(Of(1, Task("long", 20, []), Task("1", 5, []), Task("2", 5, [], "1"), Task("3", 5, [], "2")) with { Landing = TimeSpan.FromMinutes(10) });
        Assert.Equal(["1", "long", "2", "3"], schedule.Assignments.Select(task => task.Task.Value));
        Assert.Equal(55, schedule.Makespan.TotalMinutes);
    }

    /// <summary>In minutes; while rehearsals knew nothing of landings, these ended at 409, 235 and 368.</summary>
    [Theory]
    [InlineData(46, 3, 341)]
    [InlineData(53, 3, 191)]
    [InlineData(8, 3, 317)]
    public void Files_that_are_not_free_before_work_has_landed_are_reckoned_with(int seed, int agents, int most) => Assert.InRange(
        Simulator.Run(GeneratedWork.Of(seed, 12, 60).Work.WithAgents(agents) with { Landing = TimeSpan.FromMinutes(5) }).Makespan.TotalMinutes, 0, most);

    /// <summary>
    /// In minutes; while rehearsals knew nothing of reservations, the first three ended at 229, 272 and 272; while nobody went before a
    /// task that could not start yet, the others at 214 and 218.
    /// </summary>
    [Theory]
    [InlineData(26, 4, 180)]
    [InlineData(38, 5, 210)]
    [InlineData(38, 7, 210)]
    [InlineData(518, 7, 160)]
    [InlineData(708, 10, 205)]
    public void An_order_that_would_run_into_reservations_is_not_followed(int seed, int agents, int most) =>
        Assert.InRange(Simulator.Run(GeneratedWork.Of(seed, 12, 60).Work.WithAgents(agents)).Makespan.TotalMinutes, 0, most);

    [Fact]
    public void A_task_is_passed_by_three_times_at_most_however_many_come_after_it()
    {
        var wide = Task("wide", 10, ["a", "b", "c"]) with { Module = "w" };
        var tasks = new Dictionary<TaskId, WorkTask> { [wide.Id] = wide };
        var leases = new List<(Lease Lease, int Until)>();
        var (passed, begun) = (0, -1);
        for (var tick = 0; tasks[wide.Id].State != TaskState.Running; tick++)
        {
            Assert.True(tick < 100, "the wide task starves");
            leases.RemoveAll(lease => lease.Until <= tick);

            // Whatever file is free or about to be, somebody new wants it, and has the longer path.
            foreach (var file in new[] { "a", "b", "c" })
            {
                var late = Task($"{file}-{tick}", 60, [file]) with { Module = $"{file}-{tick}", State = TaskState.Ready };
                tasks[late.Id] = late;
            }

            begun = Tick(tasks, leases, tick) && begun < 0 ? tick : begun;
            passed += begun >= 0 && tick > begun ? tasks.Values.Count(task => task.StartedAt == Clock(tick).Wall && task.Id != wide.Id) : 0;
        }

        Assert.InRange(passed, 1, 3);
    }

    // True once the wide task waits.
    private static bool Tick(Dictionary<TaskId, WorkTask> tasks, List<(Lease Lease, int Until)> leases, int tick)
    {
        var snapshot = new Snapshot([.. tasks.Values], [.. leases.Select(entry => entry.Lease)], new Limits { PerModule = 1 }, Clock(tick));
        var idle = Enumerable.Range(0, 4).Select(i => new Worker(new AgentId($"dev-{tick}-{i}"), "dev")).ToList();
        var decisions = Scheduler.Decide(snapshot, tasks.Values.Where(task => task.IsOpen).Select(task => task.Id).ToHashSet(), idle, 4, effort: task => task.Id.Value == "wide" ? Minutes(1) : Minutes(60));
        foreach (var claim in decisions.OfType<Decision.Claim>())
        {
            var task = tasks[claim.Task];
            foreach (var other in Reservations.PassedBy(task, FileSet.Parse(task.Files), tasks.Values.Where(other => other.WaitingSince is not null), tasks.GetValueOrDefault, FileSet.Empty, Clock(tick), false).ToList())
            {
                tasks[other.Id] = Reservations.Passed(other, Clock(tick));
            }

            leases.Add((LeaseOf(task, claim.Agent, tick), tick + 1 + (leases.Count % 3)));
            tasks[task.Id] = task with { State = TaskState.Running, StartedAt = Clock(tick).Wall };
        }

        foreach (var wait in decisions.OfType<Decision.Wait>())
        {
            tasks[wait.Task] = Reservations.Refused(tasks[wait.Task], wait.Code, tick, Clock(tick)) ?? tasks[wait.Task];
        }

        return tasks[new TaskId("wide")].WaitingSince is not null;
    }

    private static LeaseClock Clock(int tick) => new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddSeconds(tick), TimeSpan.FromSeconds(tick), "boot");

    private static Lease LeaseOf(WorkTask task, AgentId agent, int tick) =>
        Stores.Rows.Lease(task.Id, agent) with { Files = task.Files, Module = task.Module, AcquiredAt = Clock(tick).Wall };
}
