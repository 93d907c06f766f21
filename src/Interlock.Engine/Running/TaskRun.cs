using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Agents;
using Interlock.Engine.Importers;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>One attempt at one task: worktree, agent, seal, submit. Ends by itself with the task submitted or failed.</summary>
internal sealed class TaskRun : IDisposable
{
    private readonly RunContext context;
    private readonly AgentWork work;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource handedIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? stopReason;
    private volatile bool verifying;

    private TaskRun(RunContext context, WorkTask task, Lease lease, LeaseToken token, AgentPick pick)
    {
        this.context = context;
        work = new AgentWork(context, task, lease, token, pick);
        Task = task;
        Lease = lease;
        Token = token;
        Completion = System.Threading.Tasks.Task.CompletedTask;
    }

    public WorkTask Task { get; }

    public Lease Lease { get; }

    public LeaseToken Token { get; }

    public Task Completion { get; private set; }

    /// <summary>Null until it is made.</summary>
    public Worktree? Worktree { get; private set; }

    /// <summary>Done once its agent is free for other work: its own is handed in, or everything is over.</summary>
    public Task HandedIn => handedIn.Task;

    /// <summary>Its agent has ended, and what it left will be handed in within a moment, if there is anything to hand in.</summary>
    public bool IsEnding => !handedIn.Task.IsCompleted && !verifying && Life is { IsOver: true };

    /// <summary>Whose limits its agent runs into.</summary>
    public string Provider => work.Preset.Profile.Provider;

    /// <summary>Its agent's process as it is watched; null when there is none yet.</summary>
    public AgentLife? Life => work.Life;

    /// <summary>Time the agent itself was at work.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>Starts the attempt behind a lease that was just granted.</summary>
    public static TaskRun Start(RunContext context, WorkTask task, Lease lease, LeaseToken token, AgentPick pick)
    {
        var run = new TaskRun(context, task, lease, token, pick);
        run.Completion = System.Threading.Tasks.Task.Run(run.WorkAsync);
        return run;
    }

    /// <summary>Ends the agent; what it has done so far is saved.</summary>
    public void Stop(string reason)
    {
        stopReason ??= reason;
        stop.Cancel();
    }

    /// <summary>Takes a step with its agent, from which nothing comes any more.</summary>
    public void Take(Step step) => work.Take(step);

    public void Dispose() => stop.Dispose();

    private async Task WorkAsync()
    {
        Worktree? worktree = null;
        try
        {
            Failpoint.Hit(Failpoint.AfterClaim);
            worktree = await context.Pool.CreateAsync(Lease.Worktree!, Commits.BranchOf(Task.Id, Lease.Fence), Lease.BaseCommit!, stop.Token);
            Worktree = worktree;
            Failpoint.Hit(Failpoint.AfterWorktree);
            var prior = Task.PriorCommit is { } commit && Task.PriorBase is { } from && await ApplyAsync(worktree, commit, from);
            var (verdict, outcome) = await work.RunAsync(worktree, prior, stop.Token);
            Busy = outcome.Duration;
            await HandInAsync(worktree, verdict, outcome);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await SaveAsync(worktree, Ended(stopReason ?? "the run was cancelled"));
        }
        catch (Exception error)
        {
            // Whatever went wrong concerns this attempt alone; the others go on.
            await SaveAsync(worktree, salvaged => Fail(error.Message, null, salvaged));
        }
        finally
        {
            handedIn.TrySetResult();
        }
    }

    private Task<bool> ApplyAsync(Worktree worktree, string commit, string from)
    {
        var plans = PlanTicks.Files(context.Workspace);
        return context.Pool.ApplyPriorWorkAsync(worktree, commit, from, path => ProtectedPaths.FirstKeptIn([path], plans) is not null, stop.Token);
    }

    private async Task HandInAsync(Worktree worktree, AgentVerdict verdict, AgentOutcome outcome)
    {
        // Killed by nobody of ours, with most of the others: the machine did that, and the attempt has not failed.
        var felled = verdict is AgentVerdict.Failed && outcome is { Signal: not null, End: AgentEnd.Exited } && await context.Supervision.IsOutageAsync(stop.Token);
        await (felled ? SaveAsync(worktree, Ended("it was killed together with most agents")) : HandInByAsync(worktree, verdict, outcome));
    }

    private Task HandInByAsync(Worktree worktree, AgentVerdict verdict, AgentOutcome outcome) => (outcome.End, verdict) switch
    {
        (AgentEnd.Cancelled, _) => SaveAsync(worktree, Ended(stopReason ?? "the run was cancelled")),
        (_, AgentVerdict.Limited limited) => SaveAsync(worktree, Ended($"its provider refused: {limited.Limit.Reason}")),
        (_, AgentVerdict.Failed failed) => SaveAsync(worktree, salvaged => Fail(failed.Reason, outcome.LogPath, salvaged, elsewhere: outcome.End == AgentEnd.GivenUp)),
        _ => SealAsync(worktree, outcome),
    };

    private async Task SealAsync(Worktree worktree, AgentOutcome outcome)
    {
        var seal = await Sealer.SealAsync(worktree, Commits.Message(Lease.Agent, Task, Lease.Fence), Lease.Agent.Value, Commits.EmailOf(Lease.Agent), stop.Token);
        Failpoint.Hit(Failpoint.AfterSeal);
        switch (seal)
        {
            case SealResult.Nothing:
                await SaveAsync(worktree, salvaged => Fail("the agent ended with success but changed nothing", outcome.LogPath, salvaged));
                return;
            case SealResult.Refused refused:
                await SaveAsync(worktree, salvaged => Fail(refused.Reason, outcome.LogPath, salvaged));
                return;
            case SealResult.Sealed work when OutOfScope(work.ChangedPaths) is { } beyond:
                await SaveAsync(worktree, salvaged => ParkOrFail(beyond, outcome.LogPath, salvaged ?? work.Commit));
                return;
            case SealResult.Sealed work when ProtectedPaths.NeedingApproval(work.ChangedPaths) is { Count: > 0 } guarded:
                AskApproval(work, guarded);
                await RemoveAsync(worktree);
                return;
            case SealResult.Sealed work:
                await VerifyAndSubmitAsync(worktree, work);
                return;
        }
    }

    // What is red alone cannot be green in a combination; asked here, it costs the queue no time.
    private async Task VerifyAndSubmitAsync(Worktree worktree, SealResult.Sealed work)
    {
        verifying = context.Options.Checks.Any(check => check.IsAskedAt(CheckStage.Submit));
        if (await context.Verifier.VerifyAsync($"{Lease.Worktree}-submit", work.Commit, CheckStage.Submit, stop.Token) is { Passed: false } red)
        {
            await SaveAsync(worktree, salvaged => Fail(red.Reason!, red.Log, salvaged ?? work.Commit));
            return;
        }

        if (Submit(work))
        {
            // Clearing up behind it keeps neither the agent nor the queue waiting, so it may have landed, and its branch be gone, before that.
            handedIn.TrySetResult();
            await RemoveAsync(worktree, work.Commit);
            return;
        }

        // The lease was taken away at the last moment; what is finished is offered to the next attempt.
        await SaveAsync(worktree, Ended(stopReason ?? "the lease was taken away"));
    }

    private bool Submit(SealResult.Sealed work)
    {
        var reply = context.Workspace.Protocol.Submit(Task.Id, Token, context.Branch.Ref, Lease.BaseCommit!, work.Commit);
        Failpoint.Hit(Failpoint.AfterSubmit);
        context.Tell(reply.Refusal is { } refusal
            ? News("refused", refusal.Message)
            : News("submitted", $"{Counted.Of(work.ChangedPaths.Count, "file")} changed"));
        return reply.Done;
    }

    private void AskApproval(SealResult.Sealed work, IReadOnlyList<string> guarded)
    {
        var reply = context.Workspace.Protocol.AskApproval(Task.Id, Token, guarded, Lease.BaseCommit!, work.Commit);
        if (reply.Refusal is not null)
        {
            Remember(work.Commit);
        }

        context.Tell(reply.Refusal is { } refusal ? News("refused", refusal.Message) : News("dead", reply.Task!.LastError!));
    }

    /// <summary>Files beyond the lease are taken along if they are free; protected ones never.</summary>
    private Beyond? OutOfScope(IReadOnlyList<string> changed)
    {
        if (ProtectedPaths.FirstKeptIn(changed, PlanTicks.Files(context.Workspace)) is { } path)
        {
            return new Beyond($"it changed {path}, which task work must not touch", [], null);
        }

        var leased = FileSet.Parse(Lease.Files);
        var beyond = changed.Where(file => leased.IsUnknown || !leased.Covers(file)).ToList();
        return beyond.Count > 0 && context.Workspace.Protocol.Extend(Task.Id, Token, beyond, isDone: true).Refusal is { } refusal
            ? new Beyond($"it changed files outside its lease: {refusal.Message}", beyond, refusal)
            : null;
    }

    // Files that another holds will be free again: waiting for them is no failure, unless it happens again and again.
    private void ParkOrFail(Beyond beyond, string log, string? salvaged)
    {
        if (beyond.Busy is { Code: RefusalCodes.FileBusy } busy && context.Workspace.Protocol.Park(Task.Id, Token, beyond.Files, salvaged, busy).Done)
        {
            context.Tell(News("parked", $"waits for {string.Join(", ", beyond.Files)}: {busy.Message}"));
            return;
        }

        Fail(beyond.Reason, log, salvaged);
    }

    /// <summary>Why changed files cannot land with this lease.</summary>
    /// <param name="Busy">Who has them; null when nobody may change them.</param>
    private sealed record Beyond(string Reason, IReadOnlyList<string> Files, Refusal? Busy);

    private async Task SaveAsync(Worktree? worktree, Action<string?> settle)
    {
        if (worktree is null)
        {
            settle(null);
            return;
        }

        // The run may be ending: saving work is bounded by time, not by the token that ended it.
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var salvaged = await context.Pool.SalvageAsync(worktree, Task.Id.Value, Lease.Fence, bound.Token);
            settle(salvaged);
        }
        catch (Exception error)
        {
            settle(null);
            context.Tell(News("left", $"the work in {worktree.Path} could not be saved and stays there: {error.Message}"));
            return;
        }

        await RemoveAsync(worktree);
    }

    private async Task RemoveAsync(Worktree worktree, string? submitted = null)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await context.Pool.RemoveAsync(worktree, deleteBranch: false, submitted, bound.Token);
        }
        catch (Exception error)
        {
            context.Tell(News("left", $"the worktree {worktree.Path} stays: {error.Message}"));
        }
    }

    private void Fail(string reason, string? log, string? salvaged, bool elsewhere = false)
    {
        string[] disks = [context.Workspace.StateDir, context.Pool.Root];
        if (disks.FirstOrDefault(FreeSpace.IsLow) is { } disk)
        {
            // No attempt can do better there, and none is begun before there is space.
            Ended($"the disk with {disk} is full or nearly so: {reason}")(salvaged);
            return;
        }

        var reply = context.Workspace.Protocol.Fail(Task.Id, Token, reason, log, salvaged, elsewhere: elsewhere);
        if (reply.Refusal is not null)
        {
            // The lease ended before the fault was seen: the attempt is already counted, its work is still worth offering.
            Remember(salvaged);
        }

        context.Tell(reply.Refusal is { } refusal
            ? News("refused", refusal.Message)
            : News(reply.Task!.State == TaskState.Dead ? "dead" : "failed", reason));
    }

    // A lease that somebody took away is already ended in the store; one we give up is released with its work.
    private Action<string?> Ended(string reason) => salvaged =>
    {
        context.Workspace.Protocol.Release(Task.Id, Token, reason);
        Remember(salvaged);
        context.Tell(News("stopped", reason + (salvaged is null ? "" : $"; its work is kept as {TaskProtocol.Short(salvaged)}")));
    };

    private void Remember(string? salvaged) => context.Workspace.Protocol.RememberPriorWork(Task.Id, salvaged, Lease.BaseCommit);

    /// <summary>Marks every process of an attempt, so that none can hide from a take-over.</summary>
    public static string MarkerOf(Lease lease, string epoch) => $"{epoch}-{lease.Fence}";

    private RunNews News(string kind, string text) => new(context.Workspace.Protocol.Clock.Now, kind, Task.Id, Lease.Agent, text);
}
