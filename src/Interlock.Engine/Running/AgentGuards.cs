using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>What the agent of one attempt is guarded with: the one place that fills <see cref="AgentGuard"/>.</summary>
internal static class AgentGuards
{
    public static AgentGuard Of(Workspace workspace, TaskId task, Lease lease, LeaseToken token, Worktree worktree) => new(
        Hook: null,
        new GuardServer("interlock", [Environment.ProcessPath!, "mcp", "--agent", lease.Agent.Value, "--root", workspace.Root], new Dictionary<string, string>
        {
            ["INTERLOCK_AGENT_ID"] = lease.Agent.Value,
            ["INTERLOCK_TASK_ID"] = task.Value,
            ["INTERLOCK_TOKEN"] = token.ToString(),
        }))
    {
        Ask = files => Ask(workspace, task, token, worktree, files),
    };

    // Leased on first touch: the same answer that the landing would give, before the file is written.
    private static Refusal? Ask(Workspace workspace, TaskId task, LeaseToken token, Worktree worktree, IReadOnlyList<string> files)
    {
        var root = RealPath.Of(worktree.Path);
        var inside = files.Select(file => Path.GetRelativePath(root, RealPath.Of(Path.GetFullPath(file, worktree.Path))).Replace('\\', '/')).ToList();
        if (inside.Any(file => file.StartsWith("../", StringComparison.Ordinal) || file == ".." || Path.IsPathRooted(file)))
        {
            return new Refusal(RefusalCodes.BadFile, "the file is outside of the worktree", "Work only inside your directory");
        }

        var current = workspace.Protocol.Check(task, token);
        var leased = FileSet.Parse(current.Lease?.Files ?? []);
        var beyond = inside.Where(file => leased.IsUnknown || !leased.Covers(file)).ToList();
        return current.Refusal ?? (beyond.Count == 0 ? null : workspace.Protocol.Extend(task, token, beyond).Refusal);
    }
}
