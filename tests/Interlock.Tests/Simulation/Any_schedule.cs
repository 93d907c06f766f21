using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.Tests.Simulation;

/// <summary>What holds of every schedule, whatever the work.</summary>
public sealed class Any_schedule
{
    [Fact]
    public void Nothing_starts_before_its_dependencies_landed_and_no_limit_is_exceeded() => Workloads.Any(14).Sample(workload =>
    {
        var schedule = Simulator.Run(workload);
        var byId = workload.Tasks.ToDictionary(task => task.Id);
        var landed = schedule.Assignments.ToDictionary(task => task.Task, task => task.Landed);
        foreach (var start in schedule.Assignments)
        {
            var task = byId[start.Task];
            Assert.Equal(start.Start + workload.Overhead + workload.Duration(task), start.End);
            Assert.All(task.Dependencies, id => Assert.True(landed[id] <= start.Start));
            var running = schedule.Assignments.Where(other => other.Start <= start.Start && other.End > start.Start).ToList();
            Assert.Equal(running.Count, running.Select(other => other.Agent).Distinct().Count());
            Assert.True(running.Count <= workload.Limits.Agents);
            Assert.True(running.Count(other => byId[other.Task].Module == task.Module) <= workload.Limits.PerModule);
            Assert.True(task.Epic is null || running.Count(other => byId[other.Task].Epic == task.Epic) <= workload.Limits.PerEpic);
            Assert.True(running.Count(other => other.Agent.Value.StartsWith("qa", StringComparison.Ordinal)) <= workload.Limits.PerType["qa"]);
            Assert.All(
                schedule.Assignments.Where(other => other.Task != start.Task && other.Start <= start.Start && other.Landed > start.Start),
                other => Assert.False(FileSet.Parse(byId[other.Task].Files).Overlaps(FileSet.Parse(task.Files)), $"{other.Task} and {start.Task} share files"));
        }
    });

    [Fact]
    public void Every_task_is_done_once_or_can_never_start() => Workloads.Any(14).Sample(workload =>
    {
        var schedule = Simulator.Run(workload);
        Assert.Equal(workload.Tasks.Select(task => task.Id).Order(), schedule.Assignments.Select(task => task.Task).Concat(schedule.NeverStarted).Order());
        var never = schedule.NeverStarted.ToHashSet();
        Assert.All(workload.Tasks, task => Assert.Equal(task.HeldBecause is not null || task.Dependencies.Any(never.Contains), never.Contains(task.Id)));
    });

    [Fact]
    public void Work_and_gaps_of_an_agent_fill_the_time() => Workloads.Any(14).Sample(workload =>
    {
        var schedule = Simulator.Run(workload);
        foreach (var worker in workload.Workers)
        {
            var spans = schedule.Assignments.Where(task => task.Agent == worker.Id).Select(task => (task.Start, task.End))
                .Concat(schedule.Idle.Where(gap => gap.Agent == worker.Id).Select(gap => (Start: gap.From, End: gap.To))).OrderBy(span => span.Start).ToList();
            var at = TimeSpan.Zero;
            foreach (var (start, end) in spans)
            {
                Assert.Equal(at, start);
                at = end;
            }

            Assert.Equal(schedule.Makespan, at);
        }
    });

    [Fact]
    public void The_order_in_which_tasks_are_listed_does_not_matter() => Workloads.Any(14).SelectMany(workload => Gen.Shuffle(workload.Tasks.ToArray()), (workload, tasks) => (workload, tasks)).Sample(pair =>
    {
        var (first, second) = (Simulator.Run(pair.workload), Simulator.Run(pair.workload with { Tasks = pair.tasks }));
        Assert.Equal(first.Assignments, second.Assignments);
        Assert.Equal(first.LowerBound.Value, second.LowerBound.Value);
    });

    [Fact]
    public void No_schedule_beats_the_bound_and_none_the_optimum() => Workloads.Any(6).Sample(
        workload =>
        {
            var schedule = Simulator.Run(workload);
            var optimum = Optimum.Of(workload);
            Assert.True(schedule.LowerBound.Value <= optimum, $"bound {schedule.LowerBound} above the optimum {optimum}");
            Assert.True(optimum <= schedule.Makespan, $"makespan {schedule.Makespan} below the optimum {optimum}");
        },
        iter: 1000);
}
