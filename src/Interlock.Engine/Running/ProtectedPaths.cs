using Interlock.Domain.Leasing;
using Interlock.Engine.Configuration;

namespace Interlock.Engine.Running;

/// <summary>Paths that task work must not touch: plan and status belong to the coordinator, the rest steers agents or the gate itself.</summary>
public static class ProtectedPaths
{
    private static readonly FileSet Always = FileSet.Parse(
    [
        "agent_tasks/", "agent_prompts/", "agent_comms/", ".lock/", ".interlock/", InterlockConfig.FileName,
        ".cursor/", ".claude/", ".codex/", ".gemini/", ".mcp.json", ".vscode/", ".github/workflows/", ".ci/", ".gitlab-ci.yml",
    ]);

    /// <summary>Null when none of the paths is protected; else one that is.</summary>
    public static string? FirstIn(IEnumerable<string> paths, IReadOnlyList<string> plans) =>
        paths.FirstOrDefault(path => plans.Contains(path) || Always.Covers(path));
}
