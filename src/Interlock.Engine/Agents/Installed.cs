using Interlock.Engine.Sandbox;

namespace Interlock.Engine.Agents;

/// <summary>Where the programs of agents are.</summary>
internal static class Installed
{
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
