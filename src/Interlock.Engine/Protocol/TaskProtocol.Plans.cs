using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Protocol;

/// <summary>What a plan may say about tasks after they were imported, and what follows from its shape.</summary>
public sealed partial class TaskProtocol
{
    /// <summary>Carries out what the plan proposes for a task, as a person agreed to. What cannot be carried out stays proposed.</summary>
    /// <param name="automatedRun">True while a run decides what is done.</param>
    public Reply AcceptPlan(TaskId id, bool automatedRun)
    {
        if (store.Read(reader => reader.FindTask(id)) is not { } task)
        {
            return Decide(id, accept: true);
        }

        foreach (var proposal in PlanMerge.Proposals(task))
        {
            var reply = proposal.Kind switch
            {
                PlanProposalKind.Complete => CompleteByHand(id, automatedRun, "ticked in the plan"),
                PlanProposalKind.Reopen when task.CompletedHow == "landed" => Reply.Refused(new Refusal(
                    RefusalCodes.NotOpen, $"task {id} has landed with commit {task.Commit}", $"Take its work back first: interlock undo {id}")),
                PlanProposalKind.Reopen => OpenByHand(id, "no longer ticked in the plan"),
                PlanProposalKind.Cancel => Cancel(id, "the plan no longer wants it"),
                _ => new Reply(task),
            };
            if (!reply.Done)
            {
                return reply;
            }
        }

        return Settle(id, accept: true);
    }

    /// <summary>Keeps the task as it is, whatever the plan says; the same difference is not proposed again.</summary>
    public Reply DeclinePlan(TaskId id) => store.Read(reader => reader.FindTask(id)) is null ? Decide(id, accept: false) : Settle(id, accept: false);

    /// <summary>Completes each task whose parts are all finished and that has no work of its own.</summary>
    public void CompleteWholes()
    {
        if (!store.Read(reader => reader.Tasks()).Any(task => task is { IsWhole: true, IsOpen: true }))
        {
            return;
        }

        store.Write(transaction =>
        {
            var tasks = transaction.Tasks().ToDictionary(task => task.Id);
            var leased = transaction.LiveLeases().Select(lease => lease.Task).ToHashSet();
            while (tasks.Values.FirstOrDefault(task => !leased.Contains(task.Id) && WholeRule.IsDone(task, id => tasks.GetValueOrDefault(id))) is { } done)
            {
                var completed = Completed(done, "parts", null, clock.Now);
                tasks[done.Id] = completed;
                transaction.Put(completed);
                transaction.Append(clock.Now, "task.completed-by-parts", $"its parts are all finished: {string.Join(", ", done.Parts!)}", done.Id);
            }

            return true;
        });
    }

    private Reply Settle(TaskId id, bool accept) => Operate(null, (transaction, now) =>
    {
        if (transaction.FindTask(id) is not { } task)
        {
            return Reply.Refused(Unknown(id));
        }

        if (task.PlanNow is null)
        {
            return Reply.Refused(new Refusal(RefusalCodes.NothingToDo, $"the plan proposes nothing for task {id}", "See what it proposes: interlock status"));
        }

        var settled = PlanMerge.Settle(task, accept) with { UpdatedAt = now.Wall };
        transaction.Put(settled);
        transaction.Append(now.Wall, accept ? "plan.accepted" : "plan.declined", accept ? "what the plan says holds now" : "what the plan says is left aside", id);
        return new Reply(settled);
    });
}
