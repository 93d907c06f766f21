using CsCheck;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Tests.Plans;

/// <summary>Last import, new file and state: who may change what.</summary>
public sealed class Merging_a_plan
{
    private static readonly string[] Titles = ["a", "b", "c"];

    private static readonly Gen<PlanEntry> AnyEntry = Gen.Select(Gen.Int[0, 2].Select(index => Titles[index]), Gen.Int[0, 3], Gen.Int[0, 3], Gen.Enum<Complexity>(), Gen.Enum<PlanStatus>())
        .Select((title, on, file, complexity, status) => new PlanEntry
        {
            Title = title,
            Dependencies = on == 0 ? [] : [new TaskId($"d{on}")],
            Files = file == 0 ? [] : [$"src/{file}.cs"],
            Complexity = complexity,
            Status = status,
        });

    private static readonly Gen<WorkTask> AnyTask = Gen.Select(AnyEntry, AnyEntry, Gen.Enum<TaskState>()).Select((agreed, own, state) => new WorkTask
    {
        Id = new TaskId("1"),
        Story = new StoryId("s"),
        Title = own.Title,
        Dependencies = own.Dependencies,
        Files = own.Files,
        Complexity = own.Complexity,
        State = state,
        FromPlan = true,
        PlanBase = agreed,
    });

    [Fact]
    public void No_plan_moves_a_state() => Gen.Select(AnyTask, AnyEntry).Sample((task, plan) =>
        PlanMerge.Take(task, plan).State == task.State && PlanMerge.Leave(task).State == task.State, iter: 2000);

    [Fact]
    public void Reading_the_same_plan_again_changes_nothing() => Gen.Select(AnyTask, AnyEntry).Sample((task, plan) =>
    {
        var once = PlanMerge.Take(task, plan);
        Assert.Equal(Told(once), Told(PlanMerge.Take(once, plan)));
        var gone = PlanMerge.Leave(task);
        Assert.Equal(Told(gone), Told(PlanMerge.Leave(gone)));
    }, iter: 2000);

    [Fact]
    public void A_plan_that_did_not_change_leaves_everything_as_it_is_here() => AnyTask.Sample(task =>
    {
        var after = PlanMerge.Take(task, task.PlanBase!);
        Assert.Equal(Content(task), Content(after));
        Assert.Empty(PlanMerge.Proposals(after));
    }, iter: 2000);

    [Fact]
    public void What_only_the_plan_changed_is_taken_and_what_both_changed_is_proposed() => Gen.Select(AnyTask, AnyEntry).Sample((task, plan) =>
    {
        var after = PlanMerge.Take(task, plan);
        var free = task.State is TaskState.Ready or TaskState.Blocked or TaskState.Dead or TaskState.Cancelled;
        var agreed = task.PlanBase!;
        Assert.Equal(free && task.Title == agreed.Title ? plan.Title : task.Title, after.Title);
        var differs = plan.Title != agreed.Title && plan.Title != after.Title;
        Assert.Equal(differs, PlanMerge.Proposals(after).Any(proposal => proposal.Kind == PlanProposalKind.Change && proposal.Message.Contains("its title", StringComparison.Ordinal)));
    }, iter: 2000);

    [Fact]
    public void Every_proposal_ends_when_it_is_accepted_or_declined() => Gen.Select(AnyTask, AnyEntry, Gen.Bool, Gen.Bool).Sample((task, plan, gone, accept) =>
    {
        var read = gone ? PlanMerge.Leave(task) : PlanMerge.Take(task, plan);
        var settled = PlanMerge.Settle(read, accept);
        Assert.Empty(PlanMerge.Proposals(settled));
        Assert.Empty(PlanMerge.Proposals(gone ? PlanMerge.Leave(settled) : PlanMerge.Take(settled, plan)));
        Assert.True(!accept || gone || read.PlanNow is null || settled.Title == plan.Title);
        Assert.True(accept || Content(settled) == Content(read));
    }, iter: 2000);

    [Theory]
    [InlineData(TaskState.Running, PlanStatus.Pending, PlanStatus.Done, PlanProposalKind.Complete)]
    [InlineData(TaskState.Dead, PlanStatus.Pending, PlanStatus.Done, PlanProposalKind.Complete)]
    [InlineData(TaskState.Merged, PlanStatus.Done, PlanStatus.Pending, PlanProposalKind.Reopen)]
    [InlineData(TaskState.Ready, PlanStatus.Pending, PlanStatus.Cancelled, PlanProposalKind.Cancel)]
    [InlineData(TaskState.Merged, PlanStatus.Pending, PlanStatus.Pending, null)]
    [InlineData(TaskState.Merged, PlanStatus.Pending, PlanStatus.Done, null)]
    [InlineData(TaskState.Ready, PlanStatus.Done, PlanStatus.Done, null)]
    public void A_tick_its_removal_and_a_cancellation_are_proposals(TaskState state, PlanStatus before, PlanStatus after, PlanProposalKind? expected)
    {
        var task = new WorkTask { Id = new TaskId("1"), Story = new StoryId("s"), Title = "a", State = state, PlanBase = new PlanEntry { Title = "a", Status = before } };

        var proposals = PlanMerge.Proposals(PlanMerge.Take(task, new PlanEntry { Title = "a", Status = after, Line = 7 }));

        Assert.Equal(expected, proposals.Count == 0 ? null : Assert.Single(proposals).Kind);
    }

    private static string Content(WorkTask task) => $"{task.Title}|{string.Join(',', task.Dependencies)}|{string.Join(',', task.Files)}|{task.Complexity}|{task.Priority}";

    private static string Told(WorkTask task) => $"{Content(task)}|{task.HeldBecause}|{Told(task.PlanBase)}|{Told(task.PlanNow)}";

    private static string Told(PlanEntry? entry) => entry is null ? "-" : $"{entry.Title}{string.Join(',', entry.Dependencies)}{string.Join(',', entry.Files)}{entry.Complexity}{entry.Status}{entry.Gone}";
}
