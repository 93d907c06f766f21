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

        return [.. section.Entries.Select(CheckOf)];
    }

    /// <summary>A check that a person typed: a line for the shell, with the defaults of the configuration.</summary>
    public static Check Typed(string line) => CheckOf(new CheckEntry { Name = line, Command = new CommandLine([line], Shell: true) });

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

    /// <summary>Also a run whose agent and checks were typed runs the set-up of worktrees and merge rules, passes on the variables that are named and opens the sandbox as it says.</summary>
    public static void RequireTrustOfSurroundings(Workspace workspace)
    {
        var config = workspace.Config.Config;
        if (config is { Worktrees.Setup: not null } or { Worktrees.Env.Count: > 0 } or { Environment.Count: > 0 }
            or { Agents.Count: > 0 } or { Toolchain.Count: > 0 } or { SandboxWrite.Count: > 0 } or { Sandbox: SandboxModes.None } or { Guard: GuardModes.Off } || config.MergeRules.Any(rule => rule.Command is not null))
        {
            RequireTrust(workspace);
        }

        RequireTrustOfCursor(workspace);
    }

    /// <summary>A configuration that runs code counts only as a person has seen it: by its exact content.</summary>
    public static void RequireTrust(Workspace workspace)
    {
        if (workspace.Config.Hash is { } hash && !Trust.ForUser().IsTrusted(workspace.Root, hash))
        {
            throw Untrusted(workspace.Config.Path);
        }

        RequireTrustOfCursor(workspace);
    }

    /// <summary>Lets the commands of both files run as they are now.</summary>
    public static void GrantTrust(Workspace workspace)
    {
        if (workspace.Config.Hash is { } hash)
        {
            Trust.ForUser().Grant(workspace.Root, hash);
        }

        if (CursorSetup.Read(workspace.Root, workspace.Config.Config) is { } cursor)
        {
            Trust.ForUser().Grant(cursor.Path, cursor.Hash);
        }
    }

    private static void RequireTrustOfCursor(Workspace workspace)
    {
        if (CursorSetup.Read(workspace.Root, workspace.Config.Config) is { } cursor && !Trust.ForUser().IsTrusted(cursor.Path, cursor.Hash))
        {
            throw Untrusted(cursor.Path);
        }
    }

    private static BadInputException Untrusted(string path) =>
        new($"{path} names commands to run, and its present content has not been trusted", "Read it, then: interlock trust");

    internal static Check CheckOf(CheckEntry entry) => new(entry.Name, entry.Command.ToArguments(), entry.Timeout)
    {
        At = entry.At switch { CheckTimes.Submit => CheckTime.Submit, CheckTimes.Both => CheckTime.Both, _ => CheckTime.Land },
        Cache = entry.Cache,
        Network = entry.Network,
        Program = entry.Command.Arguments[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) switch
        {
            [var first, ..] when entry.Command.Shell => first,
            _ => entry.Command.Arguments[0],
        },
    };
}
