using Interlock.Domain.Guarding;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Agents;
using Interlock.Engine.Configuration;
using Interlock.Engine.Running;
using Interlock.Engine.Sandbox;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Guarding;

/// <summary>An agent did what its guard stops agents for; the attempt has failed.</summary>
internal sealed class GuardException(string message) : Exception(message);

/// <summary>What the guard of an attempt needs to know of its agent.</summary>
/// <param name="Hooks">Its CLI was told to ask before it edits.</param>
/// <param name="Writable">What it writes besides its worktree, such as the home made for it.</param>
/// <param name="Readable">What it must see although it may lie in a home, such as the folder its CLI is installed in.</param>
internal sealed record GuardedAgent(bool Hooks, string PromptFile, IReadOnlyList<string> Writable, IReadOnlyList<string> Readable);

/// <summary>
/// Everything that holds one attempt's agent to its own files while it runs: the hatch its hooks ask at, git's hooks, the
/// sandbox, the watcher that sees what passed them, and without a sandbox a comparison of the main checkout.
/// </summary>
internal sealed class AttemptGuard : IAsyncDisposable
{
    private readonly RunContext context;
    private readonly Lease lease;
    private readonly LeaseToken token;
    private readonly Worktree worktree;
    private readonly GuardCaller caller;
    private readonly CancellationTokenSource broken = new();
    private readonly Hatch hatch;
    private TreeWatcher? watcher;
    private CheckoutFingerprint? before;
    private Action alive = () => { };
    private string? why;

    public AttemptGuard(RunContext context, Lease lease, LeaseToken token, Worktree worktree)
    {
        (this.context, this.lease, this.token, this.worktree) = (context, lease, token, worktree);
        caller = new GuardCaller(lease.Agent, worktree.Path, lease.Task, token);
        hatch = Hatch.Open(context.Workspace, caller, () => alive());
        Variables = new Dictionary<string, string> { [HatchClient.Variable] = hatch.Path, ["INTERLOCK_SANDBOX"] = Sandboxes.For(context.Workspace.Config.Config).Level };
    }

    /// <summary>By which anything of ours that the agent starts finds back to the run.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The command line of a hook, to which the name of the CLI is added; null when no hooks are given.</summary>
    public IReadOnlyList<string>? HookCommand =>
        context.Workspace.Config.Config.Guard == GuardModes.Off ? null : [Environment.ProcessPath!, "hook", "--hatch", hatch.Path, "--for"];

    /// <summary>Cancelled when the agent has to be stopped; <see cref="ThrowIfBroken"/> says why.</summary>
    public CancellationToken Broken => broken.Token;

    /// <summary>For a CLI that asks by a protocol of its own instead of a hook: null when the files may be changed, else why not.</summary>
    public Refusal? Ask(IReadOnlyList<string> files)
    {
        hatch.NoteQuestion();
        return new Guard(context.Workspace).Ask(caller, new ToolCall("edit", ToolEffect.Files, files, worktree.Path, null), worktree.Path) is { } denied
            ? new Refusal(RefusalCodes.FileBusy, denied.Reason, denied.Instead)
            : null;
    }

    /// <summary>The same command inside the sandbox, with the hatch and git's hooks in its environment.</summary>
    public async Task<AgentCommand> WrapAsync(AgentCommand command, GuardedAgent agent, CancellationToken cancellation)
    {
        var workspace = context.Workspace;
        var sandboxes = Sandboxes.For(workspace.Config.Config);
        var hooks = GitHooks.WriteForRun(workspace);
        var variables = new Dictionary<string, string>([.. GitHooks.VariablesFor(hooks, command.Environment), .. Variables]);
        if (sandboxes.WhyNone is not null)
        {
            before = await CheckoutFingerprint.TakeAsync(context.Repository, context.Options.Into?.Branch, cancellation);
            return command.With(variables);
        }

        // The person's own git settings are not shown in there, and git wants to know who commits.
        foreach (var name in (string[])["AUTHOR", "COMMITTER"])
        {
            variables[$"GIT_{name}_NAME"] = lease.Agent.Value;
            variables[$"GIT_{name}_EMAIL"] = Commits.EmailOf(lease.Agent);
        }

        var folder = Path.GetDirectoryName(hatch.Path)!;
        return sandboxes.Of(SandboxScopes.ForAgent(
            workspace, context.Repository, context.Pool, worktree,
            [folder, .. agent.Writable],
            [Path.GetDirectoryName(Environment.ProcessPath!)!, .. agent.Readable],
            [agent.PromptFile, hooks])).Wrap(command.With(variables));
    }

    /// <summary>Watches the agent until <see cref="EndAsync"/>.</summary>
    public void Follow(AgentProcess process, GuardedAgent agent)
    {
        alive = process.NoteAlive;
        var canary = agent.Hooks && context.Workspace.Config.Config.Guard != GuardModes.Off ? new Canary(hatch, HooksOff) : null;
        watcher = TreeWatcher.Start(context.Workspace, context.Repository, worktree, new TouchedFiles(context, caller, lease, token).See, canary);
    }

    /// <summary>Looks once more at what the agent left, and whether it reached out of its worktree.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        if (watcher is { } last)
        {
            await last.DisposeAsync();
        }

        if (before is not null && (await CheckoutFingerprint.TakeAsync(context.Repository, context.Options.Into?.Branch, cancellation)).DifferenceFrom(before) is { } difference)
        {
            Alarm("guard.escaped", $"while {lease.Agent} worked on task {lease.Task} without a sandbox, the main checkout changed: {difference}. Unless that was you, look at it before you go on");
        }
    }

    /// <exception cref="GuardException">The agent was stopped, or would have been.</exception>
    public void ThrowIfBroken()
    {
        if (why is not null)
        {
            throw new GuardException(why);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (watcher is not null)
        {
            await watcher.DisposeAsync();
        }

        await hatch.DisposeAsync();
        broken.Dispose();
    }

    private void HooksOff(IReadOnlyList<string> edited)
    {
        var what = $"it changed {edited[0]}{(edited.Count > 1 ? $" and {edited.Count - 1} more" : "")} and its hooks asked nothing: they are off";
        if (context.Workspace.Config.Config.Guard == GuardModes.Required)
        {
            why = $"{what}. \"guard\": \"required\" stops such an agent; see docs/guide/hooks.md for what its CLI needs";
            Alarm("guard.stopped", what);
            broken.Cancel();
        }
        else
        {
            Alarm("guard.off", $"{what}. It goes on unguarded; files of others are refused when it hands in");
        }
    }

    private void Alarm(string kind, string text)
    {
        context.Workspace.Protocol.NoteGuard(kind, text, lease);
        context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, "WARNING", lease.Task, lease.Agent, text));
    }
}
