using Interlock.Engine.Configuration;
using Interlock.Engine.Merging;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>What the configuration lets a command run, once a person has trusted it.</summary>
public static class RunSettings
{
    /// <summary>Null when the configuration says nothing of checks; empty when it says "none".</summary>
    /// <exception cref="BadInputException">It names commands but is not trusted.</exception>
    public static IReadOnlyList<Check>? Checks(Workspace workspace)
    {
        if (workspace.Config.Config.Checks is not { } section)
        {
            return null;
        }

        if (section.Entries.Count > 0)
        {
            RequireTrust(workspace);
        }

        return [.. section.Entries.Select(entry => new Check(entry.Name, entry.Command.ToArguments(), entry.Timeout))];
    }

    /// <summary>The configured merge rules; one that runs a command counts only when the configuration is trusted.</summary>
    /// <exception cref="BadInputException">A rule names a command and the file is not trusted.</exception>
    internal static MergeRules Rules(Workspace workspace, Repository repository, WorktreePool pool)
    {
        if (workspace.Config.Config.MergeRules.Any(rule => rule.Command is not null))
        {
            RequireTrust(workspace);
        }

        return new MergeRules(workspace.Config.MergeRules, new Regenerator(workspace, repository, pool));
    }

    /// <summary>Also a run whose agent and checks were typed runs the configuration's set-up and merge rules, and passes on the variables it names.</summary>
    public static void RequireTrustOfSurroundings(Workspace workspace)
    {
        if (workspace.Config.Config is { Worktrees.Setup: not null } or { Environment.Count: > 0 } || workspace.Config.Config.MergeRules.Any(rule => rule.Command is not null))
        {
            RequireTrust(workspace);
        }
    }

    /// <summary>A configuration that runs code counts only as a person has seen it: by its exact content.</summary>
    public static void RequireTrust(Workspace workspace)
    {
        if (workspace.Config.Hash is { } hash && !Trust.ForUser().IsTrusted(workspace.Root, hash))
        {
            throw new BadInputException(
                $"{workspace.Config.Path} names commands to run, and its present content has not been trusted",
                "Read it, then: interlock trust");
        }
    }
}
