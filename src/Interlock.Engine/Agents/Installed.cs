using Interlock.Engine.Sandbox;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Agents;

/// <summary>Where the programs of agents are.</summary>
internal static class Installed
{
    /// <summary>What a program needs of where it is installed: its folder, that of what it is a link to, and the packages around it.</summary>
    public static IReadOnlyList<string> FoldersOf(string program)
    {
        if (program.Length == 0)
        {
            return [];
        }

        var real = RealPath.Of(program);
        var packages = real.IndexOf($"{Path.DirectorySeparatorChar}node_modules{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
        return [Path.GetDirectoryName(program)!, Path.GetDirectoryName(real)!, .. packages < 0 ? [] : (string[])[real[..(packages + 1 + "node_modules".Length)]]];
    }

    /// <summary>Absolute path; empty for a command that is configured whole, null when there is no such program.</summary>
    public static string? ProgramOf(AgentPreset preset)
    {
        var path = Environment.GetEnvironmentVariable("PATH");

        // What a person configured is started as it stands there, by the rules of the system.
        return preset.Profile.Programs.Count == 0 ? ""
            : preset.Command is [var own, ..] ? ProgramPath.Find(own, path)
            : preset.Profile.Programs.Select(name => ProgramPath.Find(name, path)).FirstOrDefault(found => found is not null);
    }
}
