using Interlock.Domain.Leasing;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Running;

/// <summary>Paths that task work must not touch by itself.</summary>
public static class ProtectedPaths
{
    // Kept by the coordinator alone, on the branch and in the checkout.
    private static readonly FileSet Status = FileSet.Parse(["agent_tasks/", "agent_prompts/", "agent_comms/", ".lock/", ".interlock/"]);

    // What steers agents or the gate itself: a change may be meant, but only a person can say so.
    private static readonly FileSet Steering = FileSet.Parse(
    [
        InterlockConfig.FileName, ".cursor/", ".claude/", ".codex/", ".gemini/", ".qwen/", ".opencode/", ".agents/", ".github/hooks/", ".mcp.json", ".vscode/", ".github/workflows/", ".ci/", ".gitlab-ci.yml",
    ]);

    /// <summary>The plans and the status files, which nobody may approve. Null when none is among the paths; else one that is.</summary>
    public static string? FirstKeptIn(IEnumerable<string> paths, IReadOnlyList<string> plans) =>
        paths.FirstOrDefault(path => plans.Contains(path) || Status.Covers(path));

    /// <summary>Those of the paths that land only with a person's approval.</summary>
    public static IReadOnlyList<string> NeedingApproval(IEnumerable<string> paths) => [.. paths.Where(path => Steering.Covers(path))];
}
