using System.Collections.Immutable;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>What people do with commands, with <c>rm</c>, an editor and git. Doors and verbs come down to these operations.</summary>
internal sealed partial class World
{
    private static readonly AgentId Me = new("me");

    private void ActByHand()
    {
        var task = SomeTask();
        var before = Store.State;
        var (what, reply) = Chance.Next(11) switch
        {
            0 => RemoveLock(),
            1 => HoldByHand(task),
            2 => Done(Fault.CompletedByHand, Protocol.CompleteByHand(task.Id, automatedRun: Running is not null)),
            3 => Done(Fault.OpenedByHand, Protocol.OpenByHand(task.Id)),
            4 or 5 => Done(Fault.RetriedByHand, Protocol.Retry(task.Id)),
            6 => Done(Fault.CancelledByHand, Taken(Protocol.Cancel(task.Id, "not needed"))),
            7 => Done(Fault.Reassigned, Taken(Protocol.Reassign(task.Id, Roster[Chance.Next(Roster.Length)].Id))),
            8 => Done(Fault.ApprovedByHand, Protocol.Approve(task.Id, Target, "me")),
            9 => Undo(task),
            _ => Pause(),
        };
        Say($"by hand, {what} {task.Id}: {reply.Refusal?.Code ?? "done"}");
        Judge.Told(before, Store.State, task.Id, reply.Done);
    }

    private (Fault, Reply) Done(Fault fault, Reply reply)
    {
        Hit(fault);
        return (fault, reply);
    }

    // As the verb does: whoever had it is stopped and its work is saved.
    private Reply Taken(Reply reply)
    {
        if (reply.Lease is { } lease)
        {
            Finish(new Engine.Running.TakeOver(Protocol, Probe, Places).RunAsync(lease, CancellationToken.None));
        }

        return reply;
    }

    private (Fault, Reply) RemoveLock()
    {
        Hit(Fault.LockRemoved);
        var live = Store.State.Live;
        return (Fault.LockRemoved, live.Length == 0 ? Reply.Refused(new Refusal("none", "", ""))
            : Revoked(live[Chance.Next(live.Length)]));
    }

    private Reply Revoked(Lease lease)
    {
        var before = Store.State;
        var reply = Protocol.Reclaim(lease.Fence, "its lock file was removed by hand", usesAttempt: lease.Process is not null, "lease.revoked");
        if (lease.Task is { } task)
        {
            Judge.Told(before, Store.State, task, reply.Done);
        }

        return reply;
    }

    private (Fault, Reply) HoldByHand(WorkTask task)
    {
        var live = Store.State.Live;
        var over = live.Length > 0 && Chance.Next(2) == 0 ? live[Chance.Next(live.Length)] : null;
        Hit(over is null ? Fault.HoldByHand : Fault.HoldOverLiveLease);
        var reply = Protocol.Hold(Me, over is null ? task.Id : null, over?.Files ?? task.Files, TimeSpan.FromMinutes(Chance.Next(1, 90)), "by hand");
        if (reply.Done)
        {
            Judge.Issued(reply);
        }

        return (Fault.HoldByHand, reply);
    }

    private (Fault, Reply) Undo(WorkTask task)
    {
        if (task is not { State: TaskState.Merged, Commit: { } commit, CompletedHow: "landed" } || !Git.Has(commit) || Git.Commit(commit).Parent is not { } parent)
        {
            return (Fault.UndoneByHand, Reply.Refused(new Refusal("nothing", "", "")));
        }

        Judge.Excuse(task.Id);
        return Done(Fault.UndoneByHand, Protocol.Undo(task.Id, Target, Git.Add(commit, Git.Commit(parent).Tree).Id, Me, "a second thought"));
    }

    private (Fault, Reply) Pause()
    {
        Hit(Fault.QueuePaused);
        if (Chance.Next(2) == 0)
        {
            Protocol.PauseQueue(Target, PauseCodes.ByHand, "wait");
        }
        else
        {
            Protocol.ResumeQueue(Target);
        }

        return (Fault.QueuePaused, new Reply());
    }

    private void TouchBranch()
    {
        if (Git[Target] is not { } tip)
        {
            return;
        }

        var log = Git.Log(tip).ToList();
        switch (Chance.Next(6))
        {
            case 0 or 1:
                Hit(Fault.ForeignCommit);
                Git.Set(Target, Foreign(tip, "").Id);
                break;
            case 2:
                Hit(Fault.ForeignRedCommit);
                Git.Set(Target, Foreign(tip, "!").Id);
                break;
            case 3 when log.Count > 1:
                Hit(Fault.BranchMovedBack);
                Git.Set(Target, log[Chance.Next(1, Math.Min(4, log.Count))].Id);
                break;
            case 4 when log.Count > 1:
                Hit(Fault.BranchRebased);
                Rebase(log, Chance.Next(1, Math.Min(4, log.Count)));
                break;
            case 5 when Store.State.Branches.ContainsKey(Target):
                Hit(Fault.BranchDeleted);
                Git.Set(Target, null);
                break;
        }
    }

    private SimulatedCommit Foreign(string tip, string mark)
    {
        var tree = Git.Commit(tip).Tree;
        return Git.Add(tip, tree.SetItem("foreign", $"{tree.GetValueOrDefault("foreign")}+x{mark}"));
    }

    // Somebody slips a commit of their own under the newest ones.
    private void Rebase(List<SimulatedCommit> log, int moved)
    {
        var onto = Git.Add(log[moved].Id, log[moved].Tree.SetItem("slipped", $"{log[moved].Tree.GetValueOrDefault("slipped")}+s"));
        for (var i = moved - 1; i >= 0; i--)
        {
            onto = Git.Add(onto.Id, log[i].Tree.SetItem("slipped", onto.Tree["slipped"]), log[i].Fence, log[i].Task, log[i].Undoes);
        }

        Git.Set(Target, onto.Id);
    }

    private WorkTask SomeTask()
    {
        var tasks = Store.State.Tasks;
        return tasks[Chance.Next(tasks.Length)];
    }
}
