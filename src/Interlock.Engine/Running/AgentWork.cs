using Interlock.Domain.Leasing;
using Interlock.Domain.Liveness;
using Interlock.Domain.Messaging;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Guarding;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>The agent of one attempt: set up, started, listened to, paid for; and begun again when nothing came of it.</summary>
internal sealed class AgentWork(RunContext context, WorkTask task, Lease lease, LeaseToken token, AgentPick pick)
{
    private readonly Workspace workspace = context.Workspace;
    private AgentLife? life;
    private Worktree? place;
    private Step? due;
    private Step? last;
    private int interruptions;
    private AttemptUsage? used;
    private Task saving = Task.CompletedTask;

    public AgentPreset Preset => pick.Preset;

    /// <summary>Its process now, or the last one; null before the first.</summary>
    public AgentLife? Life => Volatile.Read(ref life);

    private TimeProvider Time => workspace.Protocol.Clock.Time;

    public async Task<(AgentVerdict Verdict, AgentOutcome Outcome)> RunAsync(Worktree worktree, bool priorWorkApplied, CancellationToken stop)
    {
        place = worktree;
        var began = Time.GetTimestamp();
        while (true)
        {
            var left = Preset.Timeout - Time.GetElapsedTime(began);
            var (verdict, outcome) = await LiveAsync(worktree, priorWorkApplied, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), stop);
            await saving;
            outcome = outcome with { Duration = Time.GetElapsedTime(began) };

            // An agent that ended by itself before it could be interrupted has had the last word.
            if (Interlocked.Exchange(ref due, null) is not { } step || outcome.End != AgentEnd.Cancelled || stop.IsCancellationRequested)
            {
                return (verdict, outcome);
            }

            if (step.Rung == Rung.Reassign)
            {
                return (new AgentVerdict.Failed(Notes(step)), outcome with { End = AgentEnd.GivenUp });
            }

            (last, interruptions) = (step, interruptions + 1);
        }
    }

    /// <summary>Takes a step with the agent at work.</summary>
    public void Take(Step step)
    {
        var text = $"{step.Reason}; {StepWords.Tell(step.Rung)}";
        workspace.Protocol.NoteAttempt($"agent.{StepWords.Did(step.Rung)}", text, lease);
        Tell(StepWords.Did(step.Rung), text);
        switch (step.Rung)
        {
            case Rung.Nudge:
                Nudge(step.Reason);
                break;
            case Rung.Snapshot:
                saving = SaveAsync(place!);
                break;
            default:
                Volatile.Write(ref due, step);
                _ = life!.Process.StopAsync(ProcessLimits.DefaultGrace);
                break;
        }
    }

    // By its mailbox: the one way that every CLI has, at its next tool call or turn.
    private void Nudge(string reason) => workspace.Mailbox.Announce(new Message
    {
        Id = "",
        From = LostLease.Sender,
        To = [lease.Agent.Value],
        Timestamp = workspace.Protocol.Clock.Now,
        Urgency = "high",
        Subject = $"task {task.Id}: are you getting on?",
        Body = $"You look {reason}. Do something else than before, or give the task back with your reason: interlock fail. Else you are interrupted soon; what you have done is kept.",
        RelatedTasks = [task.Id.Value],
    });

    // The same place as at the end of the attempt: what comes later is saved on top of it.
    private async Task SaveAsync(Worktree worktree)
    {
        try
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            if (await context.Pool.SalvageAsync(worktree, task.Id.Value, lease.Fence, bound.Token) is { } saved)
            {
                workspace.Protocol.NoteAttempt("work.saved", $"its work so far is kept as {TaskProtocol.Short(saved)}", lease);
            }
        }
        catch (Exception error) when (error is GitException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Tell("unsaved", $"its work so far could not be saved: {error.Message}");
        }
    }

    private string Notes(Step step)
    {
        var before = interruptions == 0 ? "" : $", after it had been interrupted {(interruptions == 1 ? "once" : $"{interruptions} times")}";
        return $"{lease.Agent} was given up{before}: {step.Reason}";
    }

    private async Task<(AgentVerdict Verdict, AgentOutcome Outcome)> LiveAsync(Worktree worktree, bool priorWorkApplied, TimeSpan wall, CancellationToken stop)
    {
        await using var attempt = new AttemptGuard(context, lease, token, worktree);
        var (home, session, before) = SessionFor(worktree);
        var launch = new AgentLaunch(Describe(worktree, Prompt(priorWorkApplied, session.IsResumed)), Preset, pick.Program, session)
        {
            Confined = Sandboxes.For(workspace.Config.Config).WhyNone is null,
        };
        var guard = AgentGuards.Of(workspace, task.Id, lease, token, attempt);
        var activity = new Activity(Preset.Liveness.TellsTools, () => Time.GetElapsedTime(0));
        var listener = new AgentListener(Preset.Adapter.Listen(home, launch, guard), activity.Note);
        try
        {
            Preset.Adapter.Prepare(home, launch, guard);
            var startedAt = workspace.Protocol.Clock.Now;
            var agent = new GuardedAgent(Preset.Profile.Hooks && attempt.HookCommand is not null, launch.Task.PromptFile, [home.Path, .. home.Borrowed()], Installed.FoldersOf(pick.Program));
            var command = await attempt.WrapAsync(Preset.Adapter.Command(home, launch).With(context.Pool.EnvironmentOf(worktree)), agent, stop);
            var outcome = await StartAsync(command, listener, activity, session, attempt, agent, wall, stop);
            var verdict = AgentVerdict.Of(Preset.Profile, outcome);
            Record(outcome, verdict, home, session, before, worktree, startedAt);
            Judge(verdict, outcome, startedAt);
            attempt.ThrowIfBroken();
            return (verdict, outcome);
        }
        finally
        {
            home.TakeBack();
        }
    }

    private (AgentHome Home, AgentSession Session, SessionTotal Before) SessionFor(Worktree worktree)
    {
        var latest = last is { Rung: Rung.Restart } ? null : workspace.Store.Read(reader => reader.Usages(task.Id)) is [.., var usage] ? usage : null;
        if (Preset.Profile.Resume && latest is { Session: { } id, Directory: { } from } && latest.CanResume(Preset.Name, Preset.Profile.ResumesInPlaceOnly, worktree.Path)
            && context.Homes.Find(latest.Home!, worktree) is { } home)
        {
            return (home, new AgentSession(id, from), latest.Total);
        }

        return (context.Homes.Create(lease.Worktree!, worktree), new AgentSession(Guid.NewGuid().ToString(), null), SessionTotal.None);
    }

    private (string Text, string File) Prompt(bool priorWorkApplied, bool resumes)
    {
        var prompt = Prompts.ForRun(workspace, task, lease, context.Options, priorWorkApplied, resumes, last?.Reason);
        var file = Path.Combine(workspace.StateDir, "prompts", $"{lease.Worktree}.md");
        PrivateFolder.Create(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, System.Text.Encoding.UTF8.GetBytes(prompt));
        return (prompt, file);
    }

    private AgentTask Describe(Worktree worktree, (string Text, string File) prompt) => new(
        TaskId: task.Id.Value,
        Title: task.Title,
        AgentId: lease.Agent.Value,
        AgentType: lease.AgentType ?? "",
        StoryId: task.Story.Value,
        Group: task.Group ?? "",
        Attempt: task.NextAttempt,
        Files: lease.Files,
        Token: token.ToString(),
        Prompt: prompt.Text,
        PromptFile: prompt.File,
        Worktree: worktree.Path,
        Root: workspace.Root,
        PassThrough: workspace.Config.Config.Environment,
        Run: TaskRun.MarkerOf(lease, workspace.Store.Epoch));

    private async Task<AgentOutcome> StartAsync(
        AgentCommand command, AgentListener listener, Activity activity, AgentSession session, AttemptGuard attempt, GuardedAgent agent, TimeSpan wall, CancellationToken stop)
    {
        var log = Path.Combine(workspace.StateDir, "logs", $"{lease.Worktree}{(interruptions == 0 ? "" : $"-{interruptions + 1}")}.log");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, attempt.Broken);

        // Silence alone says nothing: who prints nothing may compute. It is judged with everything else that can be seen.
        var process = await AgentProcess.StartAsync(command, log, wall, Timeout.InfiniteTimeSpan, Time, either.Token, listener);
        try
        {
            Failpoint.Hit(Failpoint.AfterSpawn);
            attempt.Follow(process, agent);
            Volatile.Write(ref life, new AgentLife(process, activity, attempt, Preset, interruptions));
            if (workspace.Protocol.Register(token, new Supervisor(process.Identity.Host, process.Identity.BootId, process.Identity.Pid, process.Identity.StartTicks)).Refusal is not null)
            {
                // Taken away while the agent was started: nobody else knows of this process.
                await process.StopAsync(ProcessLimits.DefaultGrace);
            }

            Failpoint.Hit(Failpoint.AfterRegister);
            var by = Preset.Name == "shell" ? "" : $"{Preset.Name}, ";
            Tell("started", $"{by}attempt {task.NextAttempt}, process {process.Identity.Pid}{(interruptions > 0 ? ", again in the same worktree" : "")}{(session.IsResumed ? ", goes on with its session" : "")}");
            var outcome = await process.Completion;
            await attempt.EndAsync(CancellationToken.None);
            return outcome;
        }
        catch
        {
            // Whatever went wrong beside it, such as a state that is gone: nobody would wait for this agent any more, and it must not work on.
            await process.StopAsync(ProcessLimits.DefaultGrace);
            throw;
        }
    }

    private void Record(AgentOutcome outcome, AgentVerdict verdict, AgentHome home, AgentSession session, SessionTotal before, Worktree worktree, DateTimeOffset startedAt)
    {
        var metered = outcome.Heard.Tally.Settle(before);
        var model = outcome.Heard.Tally.Model ?? Preset.Model;
        var cost = Preset.Profile.Provider == Providers.None ? null : context.Prices.CostOf(model, metered.Usage, metered.Cost);
        used = new AttemptUsage
        {
            Fence = lease.Fence,
            Task = task.Id,
            Story = task.Story,
            Agent = lease.Agent,
            Preset = Preset.Name,
            Adapter = Preset.Profile.Name,
            Provider = Preset.Profile.Provider,
            Model = model,
            StartedAt = used?.StartedAt ?? startedAt,
            EndedAt = workspace.Protocol.Clock.Now,
            Time = outcome.Duration + (used?.Time ?? TimeSpan.Zero),
            Usage = metered.Usage + (used?.Usage ?? Usage.None),
            Cost = cost + (used is null ? 0 : used.Cost),
            Session = Preset.Profile.Resume ? outcome.Heard.Session ?? session.Id : null,
            Home = home.Path,
            Directory = worktree.Path,
            Total = metered.Session,

            // One that was interrupted and ended in good order can be gone on with; one that had to be killed cannot.
            Resumable = verdict is AgentVerdict.Done or AgentVerdict.Limited || (due is { Rung: Rung.Resume } && outcome is { End: AgentEnd.Cancelled, ExitCode: not null }),
        };
        workspace.Protocol.RecordUsage(used);
        if (cost is null && Preset.Profile.Provider != Providers.None && workspace.Config.Config.Budget is { Task.Usd: not null } or { Story.Usd: not null } or { Agent.Usd: not null } or { Day.Usd: not null })
        {
            Tell("WARNING", $"what {Preset.Name} costs is not known ({model ?? "no model named"}), so no budget in dollars counts it: name its price in interlock.json, or bound tokens, turns or time");
        }
    }

    private void Judge(AgentVerdict verdict, AgentOutcome outcome, DateTimeOffset startedAt)
    {
        if (verdict is AgentVerdict.Limited limited)
        {
            var breaker = workspace.Protocol.TripBreaker(Preset.Profile.Provider, limited.Limit, task.Id, lease.Agent);
            Tell("limited", BreakerRules.Refuse(breaker, workspace.Protocol.Clock.Now).Message);
        }
        else if (verdict is AgentVerdict.Done && outcome.End != AgentEnd.Cancelled && workspace.Protocol.CloseBreaker(Preset.Profile.Provider, startedAt))
        {
            Tell("serves", $"{Preset.Profile.Provider} serves again");
        }
    }

    private void Tell(string kind, string text) => context.Tell(new RunNews(workspace.Protocol.Clock.Now, kind, task.Id, lease.Agent, text));
}
