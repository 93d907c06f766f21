using System.Globalization;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Agents;

/// <summary>
/// Runs any command as an agent. The prompt comes on standard input, by <c>INTERLOCK_PROMPT_FILE</c>, or in place of a
/// <c>{prompt}</c> argument; nothing of the task ever enters a shell's text.
/// </summary>
public sealed class ShellAdapter : IAgentAdapter
{
    public string Name => "shell";

    /// <summary>A string of configuration as an argument list for the system's shell.</summary>
    public static IReadOnlyList<string> Shell(string command) =>
        OperatingSystem.IsWindows() ? ["cmd", "/d", "/s", "/c", command] : ["/bin/sh", "-c", command];

    public AgentCommand Prepare(AgentTask task)
    {
        var environment = ChildEnvironment.Build(task.PassThrough, new Dictionary<string, string>
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
            ["INTERLOCK_ROOT"] = task.Root,
            [ProcessTree.MarkerVariable] = task.Run,
        });
        return new AgentCommand([.. task.Command.Select(argument => Fill(argument, task))], task.Worktree, environment, task.Prompt);
    }

    // Whole arguments only: inside a longer one, such as a shell's text, a title could become code.
    private static string Fill(string argument, AgentTask task) => argument switch
    {
        "{prompt}" => task.Prompt,
        "{prompt_file}" => task.PromptFile,
        "{worktree}" => task.Worktree,
        "{task_id}" => task.TaskId,
        "{agent_id}" => task.AgentId,
        _ => argument,
    };
}
