using Interlock.Engine.Configuration;
using Interlock.Engine.Verification;

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

    /// <summary>Also a run whose agent and checks were typed runs the configuration's set-up, passes on the variables it names and opens the sandbox as it says.</summary>
    public static void RequireTrustOfSurroundings(Workspace workspace)
    {
        if (workspace.Config.Config is { Worktrees.Setup: not null } or { Environment.Count: > 0 }
            or { Toolchain.Count: > 0 } or { SandboxWrite.Count: > 0 } or { Sandbox: SandboxModes.None })
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
