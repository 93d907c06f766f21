using System.Collections.Immutable;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>One process that runs the story.</summary>
internal sealed class Run(Supervisor self, bool elsewhere)
{
    public Supervisor Self { get; } = self;

    /// <summary>On another host or in another container: it can be heard, but not looked at.</summary>
    public bool Elsewhere { get; } = elsewhere;

    public bool Dead { get; set; }
    public bool Silent { get; set; }
    public required MergeQueue Queue { get; init; }
    public bool Recovered { get; set; }
    public List<Attempt> Attempts { get; } = [];
}

/// <summary>One attempt of a run at a task.</summary>
internal sealed record Attempt(WorkTask Task, Lease Lease, LeaseToken Token)
{
    public int Stage { get; set; }
}

/// <summary>What runs and their agents do.</summary>
internal sealed partial class World
{
    private static readonly Worker[] Roster = [new(new AgentId("dev-1"), "dev"), new(new AgentId("dev-2"), "dev"), new(new AgentId("qa-1"), "qa"), new(new AgentId("qa-2"), "qa")];

    private readonly List<Run> runs = [];
    private int processes;

    private Run? Running => runs.FindLast(run => !run.Dead);

    private void Begin()
    {
        processes++;
        var elsewhere = Struck(Fault.SupervisorCannotBeProbed, 5);
        runs.Add(new Run(new Supervisor(elsewhere ? "other" : "host", Boot, 100 + processes, processes), elsewhere) { Queue = NewQueue() });
        Say($"run {processes.ToString(CultureInfo.InvariantCulture)} starts");
    }

    /// <summary>One tick of the run, as its loop does it.</summary>
    private void Tick(Run run) => As(run, () =>
    {
        if (!run.Recovered)
        {
            Reclaim();
            Sweep();
            Finish(run.Queue.RecoverAsync(CancellationToken.None));
            run.Recovered = true;
        }

        if (run.Silent ? calm || Chance.Next(4) == 0 : Struck(Fault.SupervisorFallsSilent, 40))
        {
            run.Silent = !run.Silent;
        }

        if (!run.Silent)
        {
            Protocol.Beat(run.Self);
        }

        Reclaim();
        foreach (var attempt in run.Attempts.Where(attempt => !IsLive(attempt)).ToList())
        {
            Abandon(run, attempt);
        }

        Finish(run.Queue.LookAsync(Target, CancellationToken.None));
        if (run.Queue.HasWork)
        {
            Finish(run.Queue.LandNextAsync(CancellationToken.None));
        }

        Dispatch(run);
    });

    private void As(Run run, Action act)
    {
        var before = Current;
        Current = run;
        try
        {
            act();
        }
        catch (ProcessDied)
        {
            Say("the run died");
        }
        catch (StoreException error)
        {
            // As in the product: what the store refuses ends the run, and the next one goes on from what is there.
            Say($"the run ended: {error.Message}");
            run.Dead = true;
        }
        finally
        {
            Current = before;
        }
    }

    private void Reclaim()
    {
        foreach (var reclaimed in new Reclaimer(Protocol, Probe).EndDue())
        {
            Say(reclaimed.Line);
            Finish(new TakeOver(Protocol, Probe, Places).RunAsync(reclaimed.Lease, CancellationToken.None));
        }

        Judge.NobodyDeadHolds();
    }

    private void Sweep()
    {
        foreach (var lease in Places.Names.Select(fence => Store.Read(reader => reader.FindLease(fence))).OfType<Lease>().Where(lease => !lease.Live).ToList())
        {
            Finish(new TakeOver(Protocol, Probe, Places).RunAsync(lease, CancellationToken.None));
        }
    }

    private void Dispatch(Run run)
    {
        Protocol.CompleteWholes();
        var snapshot = Protocol.Snapshot();
        var scope = snapshot.Tasks.Where(task => run.Attempts.All(attempt => attempt.Task.Id != task.Id)).Select(task => task.Id).ToHashSet();
        var idle = Roster.Where(worker => run.Attempts.All(attempt => attempt.Lease.Agent != worker.Id)).ToList();
        foreach (var decision in Scheduler.Decide(snapshot, scope, idle, 4 - run.Attempts.Count))
        {
            if (decision is Decision.Claim claim)
            {
                var tip = Git[Target] ?? Git.Log(Store.State.Branches.GetValueOrDefault(Target)?.Tip).First().Id;
                var reply = Protocol.Claim(new ClaimRequest(claim.Task, claim.Agent, Supervisor: run.Self, BaseCommit: tip, WorktreeName: fence => Commits.WorktreeOf(claim.Task, fence)));
                if (reply.Done)
                {
                    Judge.Issued(reply);
                    run.Attempts.Add(new Attempt(reply.Task!, reply.Lease!, LeaseToken.TryParse(reply.Token)!));
                    Say($"{claim.Agent} starts {claim.Task} with fence {reply.Lease!.Fence}");
                }
            }
            else if (decision is Decision.Wait { Because.Code: RefusalCodes.FileBusy or RefusalCodes.Reserved } wait && snapshot.Find(wait.Task)!.WaitingSince is null)
            {
                Protocol.NoteWaiting([wait]);
            }
        }
    }

    /// <summary>An agent of the run comes one step further.</summary>
    private void Work(Run run, Attempt attempt) => As(run, () =>
    {
        var (id, token, lease) = (attempt.Task.Id, attempt.Token, attempt.Lease);
        switch (attempt.Stage++)
        {
            case 0:
                Places.Make(lease);
                break;
            case 1:
                var process = new Supervisor(run.Self.Host, run.Self.Boot, (int)(1000 + lease.Fence), lease.Fence);
                if (!Judge.Hear("register", id, token, () => Protocol.Register(token, process)).Done)
                {
                    Abandon(run, attempt);
                }

                break;
            case 2:
                Places.Change(lease, Edited(attempt));
                break;
            default:
                HandIn(run, attempt);
                break;
        }
    });

    private void HandIn(Run run, Attempt attempt)
    {
        var (id, token) = (attempt.Task.Id, attempt.Token);
        if (Struck(Fault.AgentDies, 15) || Struck(Fault.AgentFails, 15))
        {
            var salvaged = Places.Save(attempt.Lease);
            Judge.Hear("fail", id, token, () => Protocol.Fail(id, token, "it came to nothing", null, salvaged));
            Ended(run, attempt);
        }
        else if (Struck(Fault.AgentLeavesItsScope, 12) && Beyond(attempt))
        {
            Ended(run, attempt);
        }
        else if (Places.Seal(attempt.Lease) is { } commit)
        {
            HandIn(run, attempt, commit);
        }
        else
        {
            Abandon(run, attempt);
        }
    }

    private void HandIn(Run run, Attempt attempt, string commit)
    {
        var (id, token) = (attempt.Task.Id, attempt.Token);
        var guarded = Struck(Fault.AgentChangesProtectedFiles, 20);
        var reply = Judge.Hear(guarded ? "ask approval" : "submit", id, token, () => guarded
            ? Protocol.AskApproval(id, token, attempt.Lease.Files, attempt.Lease.BaseCommit!, commit)
            : Protocol.Submit(id, token, Target, attempt.Lease.BaseCommit!, commit));
        if (reply.Done)
        {
            Ended(run, attempt);
        }
        else
        {
            Abandon(run, attempt);
        }
    }

    // True when the task had to give everything back.
    private bool Beyond(Attempt attempt)
    {
        var (id, token) = (attempt.Task.Id, attempt.Token);
        string[] more = [$"src/{Modules[Chance.Next(Modules.Length)]}/f{Chance.Next(3).ToString(CultureInfo.InvariantCulture)}"];
        if (Judge.Hear("extend", id, token, () => Protocol.Extend(id, token, more)) is not { Refusal: { Code: RefusalCodes.FileBusy } busy })
        {
            return false;
        }

        var salvaged = Places.Save(attempt.Lease);
        if (!Judge.Hear("park", id, token, () => Protocol.Park(id, token, more, salvaged, busy)).Done)
        {
            Judge.Hear("fail", id, token, () => Protocol.Fail(id, token, busy.Message, null, salvaged));
        }

        return true;
    }

    private void Abandon(Run run, Attempt attempt)
    {
        var salvaged = Places.Save(attempt.Lease);
        Judge.Hear("release", attempt.Task.Id, attempt.Token, () => Protocol.Release(attempt.Task.Id, attempt.Token, "the lease was taken away"));
        Protocol.RememberPriorWork(attempt.Task.Id, salvaged, attempt.Lease.BaseCommit);
        Ended(run, attempt);
    }

    private void Ended(Run run, Attempt attempt)
    {
        run.Attempts.Remove(attempt);
        Places.Remove(attempt.Lease);
    }

    private bool IsLive(Attempt attempt) => Store.Read(reader => reader.FindLease(attempt.Lease.Fence)) is { Live: true, InReview: false } && attempt.Token.Epoch == Store.State.Epoch;

    // What is red alone may be red again at the first attempt, never for ever.
    private ImmutableSortedDictionary<string, string> Edited(Attempt attempt)
    {
        var tree = Git.Commit(attempt.Lease.BaseCommit!).Tree;
        if (attempt.Task.Files.Count == 0)
        {
            return tree.SetItem("repair", $"+{attempt.Lease.Fence}").SetItems(tree.Select(entry => new KeyValuePair<string, string>(entry.Key, entry.Value.Replace("!", "", StringComparison.Ordinal))));
        }

        var bad = Struck(Fault.BadWork, 8) ? "!" : "";
        return attempt.Task.Files.Select(file => file.Replace("**", "f1", StringComparison.Ordinal)).Aggregate(
            tree, (edited, path) => edited.SetItem(path, $"{edited.GetValueOrDefault(path)}+{attempt.Lease.Fence.ToString(CultureInfo.InvariantCulture)}{bad}"));
    }

    private static void Finish(Task task) => task.GetAwaiter().GetResult();
}
