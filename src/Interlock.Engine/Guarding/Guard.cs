using Interlock.Domain.Guarding;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Importers;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;

namespace Interlock.Engine.Guarding;

/// <summary>Who asks.</summary>
/// <param name="Root">The one folder in which the agent may change files.</param>
/// <param name="Token">Of the attempt; null for a window, whose claims are looked up by its name.</param>
public sealed record GuardCaller(AgentId Agent, string Root, TaskId? Task = null, LeaseToken? Token = null);

/// <summary>Answers whether an agent may change files now, and leases the free ones for it.</summary>
public sealed class Guard(Workspace workspace)
{
    // Between looking and leasing another may be faster; each turn then sees it as the holder.
    private const int Turns = 3;

    private readonly CallLog calls = Calls(workspace);

    public static CallLog Calls(Workspace workspace) => new(Path.Combine(workspace.StateDir, "guard"));

    /// <summary>Null when the tool may run; else why not. Either way the question is noted as a sign of life.</summary>
    /// <param name="at">Where relative paths start, unless the question says.</param>
    public GuardVerdict.Deny? Ask(GuardCaller caller, ToolCall call, string at)
    {
        var denied = call.Effect == ToolEffect.Files ? AskFiles(caller, call.Paths, call.Folder is { Length: > 0 } folder ? Path.GetFullPath(folder, at) : at) : null;
        calls.Append(caller.Agent, new HookCall(workspace.Protocol.Clock.Now, call.Tool, denied is null ? "allow" : "deny", call.Paths));
        return denied;
    }

    /// <summary>As <see cref="Ask"/>, of files alone and without noting a question.</summary>
    public GuardVerdict.Deny? AskFiles(GuardCaller caller, IReadOnlyList<string> paths, string folder)
    {
        if (caller.Token is { } token && workspace.Protocol.Check(caller.Task, token).Refusal is { } stale)
        {
            return new GuardVerdict.Deny(stale.Message, stale.Hint);
        }

        var guarded = paths.SelectMany(path => GuardPaths.Of(caller.Root, folder, path)).ToList();
        var plans = PlanTicks.Files(workspace);
        for (var turn = 1; ; turn++)
        {
            var verdict = GuardRules.Decide(FactsOf(caller, guarded, plans));
            switch (verdict)
            {
                case GuardVerdict.Deny deny:
                    return deny;
                case GuardVerdict.Allow { Renew: { } lease } when TokenOf(caller, lease) is { } known:
                    workspace.Protocol.Renew(lease.Task, known);
                    return null;
                case GuardVerdict.Allow:
                    return null;
                case GuardVerdict.Touch touch when Acquire(caller, touch) is { } refusal:
                    if (refusal.Code != RefusalCodes.FileBusy || turn == Turns)
                    {
                        return new GuardVerdict.Deny(refusal.Message, refusal.Hint);
                    }

                    break;
                default:
                    return null;
            }
        }
    }

    private GuardFacts FactsOf(GuardCaller caller, IReadOnlyList<GuardedPath> paths, IReadOnlyList<string> plans) => new(
        caller.Agent,
        paths,
        workspace.Store.Read(reader => reader.LiveLeases()),
        workspace.Protocol.Clock.Read(),
        path => ProtectedPaths.FirstKeptIn([path], plans) is not null,
        path => ProtectedPaths.NeedingApproval([path]).Count > 0,
        workspace.Protocol.Options.Limits.Hot,
        workspace.Protocol.Options.IgnoreCase)
    {
        Fence = caller.Token?.Fence,
    };

    private Refusal? Acquire(GuardCaller caller, GuardVerdict.Touch touch) => TokenOf(caller, touch.Lease) is { } token
        ? workspace.Protocol.Extend(touch.Lease.Task, token, touch.Files).Refusal
        : new Refusal(RefusalCodes.NotHolder, $"the token of {caller.Agent}'s claim of task {touch.Lease.Task} is not known here, so nothing can be leased for it", $"Lease it yourself: interlock extend {touch.Lease.Task} {string.Join(' ', touch.Files)} --token TOKEN");

    private LeaseToken? TokenOf(GuardCaller caller, Lease lease) =>
        caller.Token ?? (lease.Task is { } task && workspace.Tokens.Find(task, caller.Agent) is { } found && found.Fence == lease.Fence ? found : null);
}
