using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using static Interlock.Tests.Simulation.Workloads;

namespace Interlock.Tests.Simulation;

public sealed class Predictions
{
    [Fact]
    public void A_chain_is_best_done_by_one_agent()
    {
        var prediction = Prediction.Of(Of(4, Task("1", 10, []), Task("2", 10, [], "1"), Task("3", 10, [], "2")));
        Assert.Equal(1, prediction.Recommended);
        Assert.Equal("one agent is better here: more would save nothing, because the chain 1 → 2 → 3 takes 30 min", prediction.Reason);
        Assert.Equal((1, 1), (prediction.Width, prediction.MostAtOnce));
        Assert.Equal(["1", "2", "3"], prediction.CriticalPath.Tasks.Select(id => id.Value));
    }

    [Fact]
    public void Beyond_the_number_of_files_nothing_is_gained()
    {
        var prediction = Prediction.Of(Of(5, [.. Enumerable.Range(1, 8).Select(i => Task($"{i}", 10, [i % 2 == 0 ? "a.cs" : "b.cs"]))]));
        Assert.Equal((2, 2, 8), (prediction.Recommended, prediction.MostAtOnce, prediction.Width));
        Assert.Equal("beyond 2 nothing is gained: 4 tasks share b.cs and go one after the other, 40 min in all", prediction.Reason);
        Assert.Equal([80, 40, 40, 40, 40], prediction.Runs.Select(run => run.Schedule.Makespan.TotalMinutes));
        Assert.All(prediction.Runs, run => Assert.Equal(1, run.Schedule.Ratio));
        Assert.Equal([("a.cs", 4, 40.0), ("b.cs", 4, 40.0)], prediction.Contended.Select(shared => (shared.Name, shared.Tasks.Count, shared.Least.TotalMinutes)));
    }

    [Fact]
    public void Of_more_agents_than_there_are_only_those_that_could_help_are_spoken_of()
    {
        var chain = Prediction.Of(Of(2, Task("1", 15, []), Task("2", 15, [], "1"), Task("3", 10, [])));
        Assert.Equal("2 agents: more would gain nothing, because the chain 1 → 2 takes 30 min", chain.Reason);
        var wide = Prediction.Of(Of(2, [.. Enumerable.Range(1, 4).Select(i => Task($"{i}", 10, []))]));
        Assert.Equal("2 agents: more may still help, because the work alone keeps them busy for 20 min", wide.Reason);
    }

    [Fact]
    public void A_directory_is_not_contended_by_those_who_stay_apart_in_it()
    {
        var contended = Contention.Rank(Of(3, Task("1", 10, ["src/**"]), Task("2", 10, ["src/a"]), Task("3", 20, ["src/b"])));
        Assert.Equal([("src/**", 3, 30.0), ("src/b", 2, 30.0), ("src/a", 2, 20.0)], contended.Select(shared => (shared.Name, shared.Tasks.Count, shared.Least.TotalMinutes)));
    }

    [Fact]
    public void The_limit_of_a_module_is_named()
    {
        var tasks = Enumerable.Range(1, 6).Select(i => Task($"{i}", 10, []) with { Module = "api" }).ToArray();
        var prediction = Prediction.Of(Of(4, tasks) with { Limits = new Limits { PerModule = 2 } });
        Assert.Equal("beyond 2 nothing is gained: the limit of the module 'api' holds 6 tasks to 30 min", prediction.Reason);
    }

    [Fact]
    public void With_nothing_to_do_nobody_is_needed_to_do_it()
    {
        var prediction = Prediction.Of(Of(2, Task("1", 10, []) with { State = TaskState.Merged }));
        Assert.Equal((1, "there is nothing to do"), (prediction.Recommended, prediction.Reason));
        Assert.Equal(1, prediction.Runs[1].Schedule.Ratio);
    }

    [Theory]
    [InlineData(false, 8, 14, 18, 18)]
    [InlineData(false, 1, 14, 18, 22)]
    [InlineData(true, 8, 14, 16, 16)]
    [InlineData(true, 1, 14, 15, 18)]
    public void What_was_handed_in_during_a_landing_lands_together_as_far_as_the_window_allows(bool ahead, int together, params int[] landed)
    {
        var schedule = Simulator.Run(Of(3, Task("1", 10, []), Task("2", 11, []), Task("3", 12, [])) with { Landing = Minutes(4), LandTogether = together, LandAhead = ahead });

        Assert.Equal(landed.Select(minutes => Minutes(minutes)), schedule.Assignments.Select(task => task.Landed).Order());
    }

    [Fact]
    public void Landing_keeps_files_and_dependants_waiting_but_not_the_agent()
    {
        var schedule = Simulator.Run(Of(1, Task("1", 10, ["a"]), Task("2", 10, []), Task("3", 5, ["a"], "1")) with { Landing = Minutes(4) });
        Assert.Equal(["1 0-10 14", "2 10-20 24", "3 20-25 29"], schedule.Assignments.Select(task => $"{task.Task} {task.Start.TotalMinutes}-{task.End.TotalMinutes} {task.Landed.TotalMinutes}"));
        Assert.Equal((29, 29, 29), (schedule.Makespan.TotalMinutes, schedule.LowerBound.Value.TotalMinutes, schedule.Work.TotalMinutes));
    }

    [Fact]
    public void Gaps_name_their_cause_and_the_task_that_waits()
    {
        var schedule = Simulator.Run(Of(3, Task("1", 10, ["a"]), Task("2", 5, ["a"]), Task("3", 1, [], "1")));
        Assert.Equal(
            ["qa-2 0-10 Files 2", "dev-3 0-10 Dependencies 3", "dev-3 10-15 NothingLeft ", "qa-2 11-15 NothingLeft "],
            schedule.Idle.Select(gap => $"{gap.Agent} {gap.From.TotalMinutes}-{gap.To.TotalMinutes} {gap.Cause} {gap.For}"));
        Assert.Equal([(IdleCause.Dependencies, 10), (IdleCause.Files, 10), (IdleCause.NothingLeft, 9)], schedule.IdleByCause.Select(cause => (cause.Cause, (int)cause.Time.TotalMinutes)));
    }

    [Fact]
    public void A_task_made_of_parts_takes_no_agent_and_holds_up_what_waits_for_it()
    {
        var whole = Task("1", 99, []) with { Parts = [new("1.1"), new("1.2")], Dependencies = [new("1.1"), new("1.2")] };
        var schedule = Simulator.Run(Of(2, whole, Task("1.1", 10, []), Task("1.2", 20, []), Task("2", 5, [], "1")));
        Assert.Equal(["1.2", "1.1", "2"], schedule.Assignments.Select(task => task.Task.Value));
        Assert.Equal((25, 25), (schedule.Makespan.TotalMinutes, schedule.LowerBound.Value.TotalMinutes));
    }
}
