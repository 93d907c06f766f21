using Interlock.Domain.Leasing;
using Interlock.Engine.Configuration;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>The section <c>worktrees</c> of the configuration, as a pool works with it.</summary>
internal static class PoolSettings
{
    internal static WorktreeSetup Setup(Workspace workspace)
    {
        var section = workspace.Config.Config.Worktrees;
        return new WorktreeSetup(section.Copy, section.Link, section.Setup) { Cloned = section.Cloned, Steps = TrustedSteps(workspace) };
    }

    internal static WorktreeOptions Options(Workspace workspace)
    {
        var config = workspace.Config.Config;
        var section = config.Worktrees;
        return new WorktreeOptions
        {
            Pooled = section.Pool ?? config.Limits.Agents + 1,
            Keep = section.Keep.Count == 0 ? FileSet.Empty : FileSet.Parse(section.Keep),
            Disk = section.Disk?.Bytes,
            Slots = new SlotSettings(section.Ports?.From, section.Ports?.PerSlot ?? 0, section.Env),
            Builds = workspace.Builds,
        };
    }

    // Commands that make worktrees ask for trust before; for all others, which only save and remove, an unusable or
    // untrusted file is no reason to stop.
    private static IReadOnlyList<SetupStep> TrustedSteps(Workspace workspace)
    {
        try
        {
            return CursorSetup.Read(workspace.Root, workspace.Config.Config) is { } cursor && Trust.ForUser().IsTrusted(cursor.Path, cursor.Hash)
                ? cursor.Steps
                : [];
        }
        catch (BadInputException)
        {
            return [];
        }
    }
}
