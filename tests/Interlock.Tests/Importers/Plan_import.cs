using System.Text;
using CsCheck;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Tests.Projections;

namespace Interlock.Tests.Importers;

public sealed class Plan_import : IDisposable
{
    private static readonly Gen<string> SomePlan = Gen.Select(Gen.Int[1, 8], Gen.Int[0, 3], Gen.Bool).Array[0, 8].Select(tasks => "### Story 2.5: A\n" + string.Concat(
        tasks.Select(task => $"- [{(task.Item3 ? 'x' : ' ')}] Task 2.5.{task.Item1}: t{task.Item2} [Dependencies: {(task.Item2 == 0 ? "none" : $"Task 2.5.{task.Item2}")}]\n")));

    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void Importing_any_plan_twice_changes_nothing_the_second_time() => SomePlan.Sample(plan =>
    {
        repository.Import(plan);
        var status = repository.Read(OpenedRepository.StatusPath);

        Assert.Empty(repository.EventsOf(() => repository.Import(plan)));

        Assert.Equal(status, repository.Read(OpenedRepository.StatusPath));
    }, iter: 40, threads: 1);

    [Fact]
    public void No_plan_takes_back_what_is_done_or_running()
    {
        repository.Claim("2.5.1");
        repository.Protocol.CompleteByHand(new TaskId("2.5.3"), automatedRun: false);

        SomePlan.Sample(plan =>
        {
            repository.Import(plan);
            Assert.Equal((TaskState.Running, TaskState.Merged), (repository.Task("2.5.1").State, repository.Task("2.5.3").State));
        }, iter: 40, threads: 1);
    }

    [Fact]
    public void A_tick_counts_only_the_first_time_a_task_is_seen()
    {
        var report = repository.Import(OpenedRepository.Plan.Replace("[ ] Task 2.5.1", "[x] Task 2.5.1", StringComparison.Ordinal) + "\n- [x] Task 2.5.8: done before\n");

        Assert.Equal((TaskState.Ready, TaskState.Merged), (repository.Task("2.5.1").State, repository.Task("2.5.8").State));
        Assert.Equal("baseline", repository.Task("2.5.8").CompletedHow);
        Assert.Contains("2.5.1 is ticked in line 4", Assert.Single(report.Proposals).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<<<<<<< HEAD\n### Story 2.5: A\n- [ ] Task 9: a\n")]
    [InlineData("### Story 2.5: A\n- [ ] Task 9: \u00ff\n")]
    public void A_plan_that_cannot_be_read_whole_changes_nothing_and_names_its_line(string plan)
    {
        var before = repository.Store.Read(reader => reader.Revision);
        File.WriteAllBytes(repository.Full("plan/IMPLEMENTATION_PLAN.md"), Encoding.Latin1.GetBytes(plan));

        var error = Assert.Throws<BadInputException>(() => PlanImport.Store(PlanImport.Read(repository.Root, repository.Workspace.Config), repository.Workspace.Config, repository.Protocol));

        Assert.Matches("^plan/IMPLEMENTATION_PLAN\\.md:[12]: ", error.Message);
        Assert.Equal(before, repository.Store.Read(reader => reader.Revision));
    }

    [Fact]
    public void A_module_is_the_group_unless_globs_say_otherwise()
    {
        Assert.Equal("2.5 Service", repository.Task("2.5.1").Module);
        var config = repository.Workspace.Config with { Config = new InterlockConfig { Modules = new Dictionary<string, IReadOnlyList<string>> { ["settings"] = ["src/config*"] } } };

        PlanImport.Store(PlanImport.Read(repository.Root, config), config, repository.Protocol);

        Assert.Equal(("settings", "2.5 Service"), (repository.Task("2.5.1").Module, repository.Task("2.5.3").Module));
    }

    [Fact]
    public void Assigning_again_keeps_every_assignment()
    {
        var first = PlanImport.Assign(new StoryId("2.5"), repository.Workspace.Config, repository.Protocol);
        repository.Protocol.Reassign(new TaskId("2.5.3"), new AgentId("qa-2"));
        var before = repository.Store.Read(reader => reader.Revision);

        var second = PlanImport.Assign(new StoryId("2.5"), repository.Workspace.Config, repository.Protocol);

        Assert.Equal(before, repository.Store.Read(reader => reader.Revision));
        Assert.Equal("qa-2", second.Single(assignment => assignment.Task.Value == "2.5.3").Agent.Value);
        Assert.All(first.Where(assignment => assignment.Task.Value != "2.5.3"), assignment =>
            Assert.Equal(assignment.Agent, second.Single(other => other.Task == assignment.Task).Agent));
    }
}
