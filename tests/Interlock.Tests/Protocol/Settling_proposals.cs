using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Tests.Projections;

namespace Interlock.Tests.Protocol;

public sealed class Settling_proposals : IDisposable
{
    private static readonly TaskId Id = new("2.5.1");

    private readonly OpenedRepository repository = new();

    public void Dispose() => repository.Dispose();

    [Fact]
    public void What_has_landed_is_never_opened_by_a_plan()
    {
        Propose(TaskState.Merged, "landed", PlanStatus.Done, PlanStatus.Pending);

        var reply = repository.Protocol.AcceptPlan(Id, automatedRun: false);

        Assert.Contains("interlock undo 2.5.1", reply.Refusal!.Hint, StringComparison.Ordinal);
        Assert.Equal(TaskState.Merged, repository.Task("2.5.1").State);
        Assert.NotEmpty(PlanMerge.Proposals(repository.Task("2.5.1")));
    }

    [Fact]
    public void While_a_run_decides_what_is_done_a_tick_stays_a_proposal()
    {
        Propose(TaskState.Ready, null, PlanStatus.Pending, PlanStatus.Done);

        Assert.False(repository.Protocol.AcceptPlan(Id, automatedRun: true).Done);
        Assert.Equal(TaskState.Ready, repository.Task("2.5.1").State);

        Assert.True(repository.Protocol.AcceptPlan(Id, automatedRun: false).Done);
        Assert.Equal((TaskState.Merged, "by-hand"), (repository.Task("2.5.1").State, repository.Task("2.5.1").CompletedHow));
        Assert.Empty(PlanMerge.Proposals(repository.Task("2.5.1")));
    }

    [Fact]
    public void A_tick_that_is_accepted_ends_the_lease_of_who_works_on_it()
    {
        repository.Claim("2.5.1");
        repository.Import(OpenedRepository.Plan.Replace("[ ] Task 2.5.1", "[x] Task 2.5.1", StringComparison.Ordinal));
        Assert.Equal(TaskState.Running, repository.Task("2.5.1").State);

        Assert.True(repository.Protocol.AcceptPlan(Id, automatedRun: false).Done);

        Assert.Equal(TaskState.Merged, repository.Task("2.5.1").State);
        Assert.DoesNotContain(repository.Store.Read(reader => reader.LiveLeases()), lease => lease.Task == Id);
    }

    [Fact]
    public void Where_nothing_is_proposed_nothing_is_settled()
    {
        Assert.Equal(RefusalCodes.NothingToDo, repository.Protocol.AcceptPlan(Id, automatedRun: false).Refusal!.Code);
        Assert.Equal(RefusalCodes.NothingToDo, repository.Protocol.DeclinePlan(Id).Refusal!.Code);
        Assert.Equal(RefusalCodes.UnknownTask, repository.Protocol.AcceptPlan(new TaskId("9"), automatedRun: false).Refusal!.Code);
    }

    private void Propose(TaskState state, string? how, PlanStatus before, PlanStatus after) => repository.Store.Write(transaction =>
    {
        var task = transaction.FindTask(Id)! with { State = state, CompletedHow = how, Commit = how == "landed" ? new string('a', 40) : null };
        transaction.Put(PlanMerge.Take(task with { PlanBase = task.PlanBase! with { Status = before } }, task.PlanBase! with { Status = after }));
        transaction.Append(repository.Time.GetUtcNow(), "test", "proposed", Id);
        return true;
    });
}
