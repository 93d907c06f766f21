using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Learning;
using Interlock.Engine.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>
/// The loop of an automated run: read, decide, apply. Each tick starts from a fresh snapshot, so an event only
/// wakes it earlier and a restart is just the first tick.
/// </summary>
public sealed class Coordinator
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // What will change without anybody's help: such a task is worth waiting for.
    private static readonly HashSet<string> Passing =
    [
        RefusalCodes.Backoff, RefusalCodes.AlreadyClaimed, RefusalCodes.AgentLimit, RefusalCodes.ModuleLimit,
        RefusalCodes.EpicLimit, RefusalCodes.TypeLimit, RefusalCodes.ProviderLimit, RefusalCodes.FileBusy, RefusalCodes.Reserved,
    ];

    private readonly RunContext context;
    private readonly MergeQueue queue;
    private readonly LandingLoop landings;
    private readonly Recovery recovery;
    private readonly Dictionary<TaskId, TaskRun> running = [];

    // Attempts whose hand-in this tick has seen: their agents are free, and only their clearing up is waited for.
    private readonly HashSet<long> noticed = [];
    private readonly RunLedger ledger;
    private readonly Staffing staffing;
    private readonly LiveConfig config;
    private readonly LiveFiles files;
    private readonly RunPace pace;
    private IReadOnlyList<TaskId>? order;

    private Coordinator(RunContext context, Verifier verifier)
    {
        this.context = context;
        config = new LiveConfig(context, verifier);
        files = new LiveFiles(context);
        pace = new RunPace(context.Workspace, context.Options.Durations);
        recovery = new Recovery(context.Workspace);
        queue = QueueOf.Workspace(context.Workspace, context.Repository, context.Pool, context.Verifier, context.Tell);
        landings = new LandingLoop(queue, context.Branch.Ref, context.Workspace.Protocol.Clock.Time, () => running.Values.Any(run => run.IsEnding), pace.NoteBatch);
        ledger = new RunLedger(context.Workspace, context.Options.Story);
        staffing = new Staffing(context, () => running.Values.Select(run => run.Provider));
    }

    /// <summary>Runs a story until nothing more can be done for it.</summary>
    /// <param name="drain">Finish what runs, start nothing new.</param>
    /// <param name="cancel">Stop the agents too; their work is saved and their tasks open again.</param>
    /// <exception cref="BadInputException">The repository is not in a state to run on, or another run is active.</exception>
    public static async Task<RunReport> RunAsync(
        Workspace workspace, RunOptions options, Action<RunNews> tell, CancellationToken drain, CancellationToken cancel)
    {
        var repository = workspace.Repository
            ?? throw new BadInputException($"{workspace.Root} is not in a git repository", "Automated runs land commits: git init, and commit the plan", 3);
        using var gate = RunLock.TryTake(workspace.StateDir)
            ?? throw new BadInputException("another run is active in this repository", "Watch it with: interlock status; it ends by itself or with Ctrl-C in its terminal");
        var pool = new Recovery(workspace).Worktrees(repository);
        await pool.ClearUnfinishedAsync(cancel);
        var branch = new IntegrationBranch(repository, options.Story);
        var into = await FastForward.PrepareAsync(repository, branch, options.Into, tell, cancel);
        await BranchStart.PrepareAsync(workspace, repository, branch, options, tell, cancel);
        var verifier = new Verifier(workspace, repository, pool, options.Checks, into.Tell);
        if (Sandboxes.Require(workspace.Config.Config).Warning is { } warning)
        {
            tell(new RunNews(workspace.Protocol.Clock.Now, "WARNING", null, null, warning));
        }

        var coordinator = new Coordinator(new RunContext(workspace, repository, pool, branch, verifier, options, into.Tell), verifier);
        return await into.EndAsync(await coordinator.LoopAsync(drain, cancel));
    }

    private async Task<RunReport> LoopAsync(CancellationToken drain, CancellationToken cancel)
    {
        var housekeeping = new Housekeeping(context.Workspace, context.Repository, context.Tell);
        housekeeping.Tick();
        await RecoverAsync(cancel);
        await ForecastAsync(cancel);
        await using var warning = new EarlyWarning(context);
        var watch = new AttemptWatch(context);
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                noticed.UnionWith(running.Values.Where(run => run.HandedIn.IsCompleted).Select(run => run.Lease.Fence));
                housekeeping.Tick();
                config.Tick();
                files.Tick();
                await ReclaimAsync(cancel);
                StopRevoked();
                await watch.LookAsync(running.Values, cancel);
                context.Supervision.Tick(running.Values, watch.TipOf);
                await landings.TickAsync(cancel);
                warning.Tick();

                var waits = drain.IsCancellationRequested ? [] : await DispatchAsync(cancel);
                if (running.Count == 0 && landings.IsIdle && !WillPass(waits))
                {
                    break;
                }

                await WaitAsync(waits, drain, cancel);
                Collect();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Fall through to the same ending as a cancel seen between two ticks.
        }

        finally
        {
            await StopAllAsync(cancel.IsCancellationRequested ? "the run was cancelled" : "the run ended");
            RunSight.Forget(context.Workspace.StateDir);
        }

        // What failed attempts left is saved by now; nobody should find their branches until the next run.
        if (await recovery.TidyBranchesAsync(context.Pool, context.Repository, CancellationToken.None) is [var first, ..] left)
        {
            context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "left", null, null, $"the next run deletes {Counted.Of(left.Count, "branch", "branches")} that nobody needs any longer: {first}"));
        }

        files.Tick();
        ledger.Steps = context.Supervision.Steps;
        return ledger.Report(context.Branch.Name, cancel.IsCancellationRequested || drain.IsCancellationRequested);
    }

    // With nothing of ours in motion, only a pause that ends or a holder outside of this run lets a task start. Work that waits
    // for a person, on a red or paused branch, holds its files as long as that takes: that is for the report, not for the loop.
    private bool WillPass(IReadOnlyList<Decision.Wait> waits) => waits.Any(wait => wait.Code is RefusalCodes.Backoff or RefusalCodes.ProviderLimited or RefusalCodes.Outage)
        || (waits.Any(wait => Passing.Contains(wait.Code)) && context.Workspace.Store.Read(reader => reader.LiveLeases()).Any(lease => !lease.InReview));

    private async Task RecoverAsync(CancellationToken cancellation)
    {
        await ReclaimAsync(cancellation);
        await recovery.SweepAsync(context.Pool, cancellation);
        context.Homes.Sweep(staffing.HomesInUse());
        await queue.RecoverAsync(cancellation);
    }

    // What was learned orders the work and is held against what came; a run without it is as good as one that knows nothing.
    private async Task ForecastAsync(CancellationToken cancellation)
    {
        try
        {
            var forecast = await Forecast.OfAsync(context.Workspace, context.Options.Story, context.Options.Durations, cancellation);
            pace.Start(forecast.Learned.Pace);
            ledger.Predicted = Simulator.Run(forecast.Workload.WithAgents(context.Options.AgentsUnder(forecast.Workload.Limits))).Makespan;
        }
        catch (GitException error)
        {
            context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "unseen", null, null, $"nothing could be learned from earlier work: {error.Message}"));
        }
    }

    private async Task ReclaimAsync(CancellationToken cancellation)
    {
        foreach (var line in await recovery.ReclaimAsync(cancellation))
        {
            context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "reclaimed", null, null, line));
        }
    }

    // Somebody took the lease away: removed the lock file, reassigned or cancelled the task.
    private void StopRevoked()
    {
        foreach (var run in running.Values)
        {
            if (context.Workspace.Store.Read(reader => reader.FindLease(run.Lease.Fence)) is { Live: false } ended)
            {
                run.Stop(ended.EndedBecause ?? "the lease was taken away");
            }
        }
    }

    private async Task<IReadOnlyList<Decision.Wait>> DispatchAsync(CancellationToken cancellation)
    {
        var workspace = context.Workspace;
        workspace.Protocol.CompleteWholes();
        await context.Pool.GiveUpWhileLowAsync(cancellation);
        var snapshot = workspace.Snapshot();

        // A task whose lease was taken away waits until the work of that attempt is saved: the next one starts from it.
        var scope = snapshot.Tasks.Where(task => task.Story == context.Options.Story && !running.ContainsKey(task.Id)).Select(task => task.Id).ToHashSet();
        var atWork = running.Values.Where(run => !noticed.Contains(run.Lease.Fence)).ToList();
        var staff = staffing.Look(snapshot, scope, atWork.Select(run => run.Lease.Agent).ToHashSet());
        var brake = context.Supervision.Brake(atWork.Count);
        staff = brake is null ? staff : staff with { Nobody = staff.Nobody ?? brake };
        var plan = Scheduler.Plan(
            snapshot, staff.Scope, staff.Idle, Supervision.SlotsUnder(brake, context.Options.AgentsUnder(snapshot.Limits), atWork.Count), workspace.Protocol.Options.IgnoreCase, pace.TimeOf, pace.Landing, order);
        order = plan.Order;
        var claims = plan.Decisions.OfType<Decision.Claim>().ToList();
        if (claims.Count > 0 && await context.Branch.FindStartAsync(workspace.Store.Read(reader => reader.FindBranch(context.Branch.Ref))?.Tip, cancellation) is { } tip)
        {
            claims.ForEach(claim => Begin(claim, tip));
        }

        var waits = staff.Explain(plan.Decisions.OfType<Decision.Wait>());
        ledger.Waiting(waits);
        context.Supervision.TellBrake(waits.Any(wait => wait.Code == brake?.Code) ? brake : null);
        var refused = waits.Where(wait => wait.Code is RefusalCodes.FileBusy or RefusalCodes.Reserved && snapshot.Find(wait.Task)!.WaitingSince is null).ToList();
        if (refused.Count > 0)
        {
            workspace.Protocol.NoteWaiting(refused);
        }

        return waits;
    }

    private void Begin(Decision.Claim claim, string tip)
    {
        // One that was begun a moment ago may be the only one its provider may serve for now.
        if (staffing.PickFor(claim.AgentType) is not { } pick)
        {
            return;
        }

        var reply = context.Workspace.Protocol.Claim(new ClaimRequest(
            claim.Task, claim.Agent, Supervisor: Housekeeping.Self, BaseCommit: tip,
            WorktreeName: fence => Commits.WorktreeOf(claim.Task, fence)) { Provider = pick.Provider, Effort = pace.TimeOf });
        if (reply.Done)
        {
            ledger.Started(claim.Task);
            running[claim.Task] = TaskRun.Start(context, reply.Task!, reply.Lease!, LeaseToken.TryParse(reply.Token)!, pick);
        }
    }

    private async Task WaitAsync(IReadOnlyList<Decision.Wait> waits, CancellationToken drain, CancellationToken cancel)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var wake = new List<Task>(running.Values.Select(run => noticed.Contains(run.Lease.Fence) ? run.Completion : run.HandedIn)) { Task.Delay(NextTick(waits), context.Workspace.Protocol.Clock.Time, timer.Token) };
        if (!landings.Current.IsCompleted)
        {
            wake.Add(landings.Current);
        }

        // A drain that begins while we wait is seen at once; later it would only spin.
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = drain.IsCancellationRequested ? default : drain.Register(() => drained.TrySetResult());
        wake.Add(drained.Task);
        await Task.WhenAny(wake);
        await timer.CancelAsync();
    }

    private TimeSpan NextTick(IReadOnlyList<Decision.Wait> waits)
    {
        var now = context.Workspace.Protocol.Clock.Now;
        var soonest = context.Workspace.Store.Read(reader => waits
            .Where(wait => wait.Code == RefusalCodes.Backoff)
            .Select(wait => reader.FindTask(wait.Task)?.NotBefore - now)
            .Where(left => left is not null)
            .Min()) ?? Tick;
        return soonest < TimeSpan.FromMilliseconds(20) ? TimeSpan.FromMilliseconds(20) : soonest < Tick ? soonest : Tick;
    }

    private void Collect()
    {
        foreach (var run in running.Values.Where(run => run.Completion.IsCompleted).ToList())
        {
            running.Remove(run.Task.Id);
            ledger.Ended(run.Task.Id, run.Busy);
            run.Completion.GetAwaiter().GetResult();
            run.Dispose();
        }
    }

    private async Task StopAllAsync(string reason)
    {
        foreach (var run in running.Values)
        {
            run.Stop(reason);
        }

        await Task.WhenAll(running.Values.Select(run => run.Completion));
        Collect();
        await landings.EndAsync();
    }
}
