using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Guarding;
using Interlock.Engine.Platform;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>The agent of one attempt: set up, started, listened to, paid for.</summary>
internal sealed class AgentWork(RunContext context, WorkTask task, Lease lease, LeaseToken token, AgentPick pick)
{
    private readonly Workspace workspace = context.Workspace;

    public AgentPreset Preset => pick.Preset;

    public async Task<(AgentVerdict Verdict, AgentOutcome Outcome)> RunAsync(Worktree worktree, bool priorWorkApplied, CancellationToken stop)
    {
        await using var attempt = new AttemptGuard(context, lease, token, worktree);
        var (home, session, before) = SessionFor(worktree);
        var launch = new AgentLaunch(Describe(worktree, Prompt(priorWorkApplied, session.IsResumed)), Preset, pick.Program, session)
        {
            Confined = Sandboxes.For(workspace.Config.Config).WhyNone is null,
        };
        var guard = AgentGuards.Of(workspace, task.Id, lease, token, attempt);
        var listener = new AgentListener(Preset.Adapter.Listen(home, launch, guard), _ => { });
        try
        {
            Preset.Adapter.Prepare(home, launch, guard);
            var startedAt = workspace.Protocol.Clock.Now;
            var agent = new GuardedAgent(Preset.Profile.Hooks && attempt.HookCommand is not null, launch.Task.PromptFile, [home.Path, .. home.Borrowed()], Installed.FoldersOf(pick.Program));
            var command = await attempt.WrapAsync(Preset.Adapter.Command(home, launch).With(context.Pool.EnvironmentOf(worktree)), agent, stop);
            var outcome = await StartAsync(command, listener, session, attempt, agent, stop);
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
        var last = workspace.Store.Read(reader => reader.Usages(task.Id)) is [.., var latest] ? latest : null;
        if (Preset.Profile.Resume && last is { Session: { } id, Directory: { } from } && last.CanResume(Preset.Name, Preset.Profile.ResumesInPlaceOnly, worktree.Path)
            && context.Homes.Find(last.Home!, worktree) is { } home)
        {
            return (home, new AgentSession(id, from), last.Total);
        }

        return (context.Homes.Create(lease.Worktree!, worktree), new AgentSession(Guid.NewGuid().ToString(), null), SessionTotal.None);
    }

    private (string Text, string File) Prompt(bool priorWorkApplied, bool resumes)
    {
        var prompt = Prompts.ForRun(workspace, task, lease, context.Options, priorWorkApplied, resumes);
        var file = Path.Combine(workspace.StateDir, "prompts", $"{lease.Worktree}.md");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
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

    private async Task<AgentOutcome> StartAsync(AgentCommand command, AgentListener listener, AgentSession session, AttemptGuard attempt, GuardedAgent agent, CancellationToken stop)
    {
        var log = Path.Combine(workspace.StateDir, "logs", $"{lease.Worktree}.log");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, attempt.Broken);
        var process = await AgentProcess.StartAsync(command, log, Preset.Timeout, Preset.Silence, workspace.Protocol.Clock.Time, either.Token, listener);
        attempt.Follow(process, agent);
        if (workspace.Protocol.Register(token, new Supervisor(process.Identity.Host, process.Identity.BootId, process.Identity.Pid, process.Identity.StartTicks)).Refusal is not null)
        {
            // Taken away while the agent was started: nobody else knows of this process.
            await process.StopAsync(ProcessLimits.DefaultGrace);
        }

        Failpoint.Hit(Failpoint.AfterSpawn);
        var by = Preset.Name == "shell" ? "" : $"{Preset.Name}, ";
        Tell("started", $"{by}attempt {task.NextAttempt}, process {process.Identity.Pid}{(session.IsResumed ? ", goes on with its session" : "")}");
        var outcome = await process.Completion;
        await attempt.EndAsync(CancellationToken.None);
        return outcome;
    }

    private void Record(AgentOutcome outcome, AgentVerdict verdict, AgentHome home, AgentSession session, SessionTotal before, Worktree worktree, DateTimeOffset startedAt)
    {
        var metered = outcome.Heard.Tally.Settle(before);
        var model = outcome.Heard.Tally.Model ?? Preset.Model;
        var cost = Preset.Profile.Provider == Providers.None ? null : context.Prices.CostOf(model, metered.Usage, metered.Cost);
        workspace.Protocol.RecordUsage(new AttemptUsage
        {
            Fence = lease.Fence,
            Task = task.Id,
            Story = task.Story,
            Agent = lease.Agent,
            Preset = Preset.Name,
            Adapter = Preset.Profile.Name,
            Provider = Preset.Profile.Provider,
            Model = model,
            StartedAt = startedAt,
            EndedAt = workspace.Protocol.Clock.Now,
            Time = outcome.Duration,
            Usage = metered.Usage,
            Cost = cost,
            Session = Preset.Profile.Resume ? outcome.Heard.Session ?? session.Id : null,
            Home = home.Path,
            Directory = worktree.Path,
            Total = metered.Session,
            Resumable = verdict is AgentVerdict.Done or AgentVerdict.Limited,
        });
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
