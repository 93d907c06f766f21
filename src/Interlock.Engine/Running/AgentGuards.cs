using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Guarding;

namespace Interlock.Engine.Running;

/// <summary>What the agent of one attempt is guarded with: the one place that fills <see cref="AgentGuard"/>.</summary>
internal static class AgentGuards
{
    // Shorter than the limit at which a CLI would go on without an answer: the hook itself answers within 4 seconds.
    private static readonly TimeSpan HookTimeout = TimeSpan.FromSeconds(HookSettings.Seconds);

    public static AgentGuard Of(Workspace workspace, TaskId task, Lease lease, LeaseToken token, AttemptGuard attempt) => new(
        attempt.HookCommand is { } command ? new GuardHook(command, HookTimeout) : null,
        new GuardServer("interlock", [Environment.ProcessPath!, "mcp", "--agent", lease.Agent.Value, "--root", workspace.Root], new Dictionary<string, string>(attempt.Variables)
        {
            ["INTERLOCK_AGENT_ID"] = lease.Agent.Value,
            ["INTERLOCK_TASK_ID"] = task.Value,
            ["INTERLOCK_TOKEN"] = token.ToString(),
        }))
    {
        Ask = attempt.Ask,
    };
}
