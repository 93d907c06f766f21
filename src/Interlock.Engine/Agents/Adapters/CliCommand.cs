using System.Globalization;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>What every CLI's command has in common: where it works, what it knows of its task, which keys it gets.</summary>
internal static class CliCommand
{
    /// <param name="prompt">Null when it is among the arguments or said by protocol.</param>
    public static AgentCommand Of(AgentHome home, AgentLaunch launch, IEnumerable<string> arguments, string? prompt, IReadOnlyDictionary<string, string>? more = null)
    {
        var variables = TaskVariables(launch.Task);
        foreach (var (name, value) in home.Variables.Concat(more ?? new Dictionary<string, string>()))
        {
            variables[name] = value;
        }

        if (launch.Preset is { ApiKeyEnv: { } from, Profile.Variables: [var key, ..] } && Environment.GetEnvironmentVariable(from) is { Length: > 0 } secret)
        {
            variables[key] = secret;
        }

        IReadOnlyCollection<string> pass = [.. launch.Task.PassThrough, .. launch.Preset.Environment, .. launch.Preset.Profile.Variables];
        return new AgentCommand([launch.Program, .. launch.Preset.Command.Skip(1), .. arguments], launch.Task.Worktree, ChildEnvironment.Build(pass, variables), prompt ?? "")
        {
            StopsOnInterrupt = launch.Preset.Profile.StopsOnInterrupt,
        };
    }

    public static Dictionary<string, string> TaskVariables(AgentTask task) => new(StringComparer.Ordinal)
    {
        ["INTERLOCK_TASK_ID"] = task.TaskId,
        ["INTERLOCK_TASK_TITLE"] = task.Title,
        ["INTERLOCK_AGENT_ID"] = task.AgentId,
        ["INTERLOCK_AGENT_TYPE"] = task.AgentType,
        ["INTERLOCK_STORY_ID"] = task.StoryId,
        ["INTERLOCK_GROUP"] = task.Group,
        ["INTERLOCK_ATTEMPT"] = task.Attempt.ToString(CultureInfo.InvariantCulture),
        ["INTERLOCK_FILES"] = string.Join('\n', task.Files),
        ["INTERLOCK_TOKEN"] = task.Token,
        ["INTERLOCK_PROMPT_FILE"] = task.PromptFile,
        ["INTERLOCK_WORKTREE"] = task.Worktree,
        [ProcessTree.RootVariable] = task.Root,
        [ProcessTree.MarkerVariable] = task.Run,
    };

    /// <summary>An option with its value, or nothing when there is none.</summary>
    public static IEnumerable<string> Option(string name, string? value) => value is null ? [] : [name, value];
}
