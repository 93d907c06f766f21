using Interlock.Domain.Spending;

namespace Interlock.Engine.Agents.Adapters;

/// <summary>
/// Runs any command as an agent. The prompt comes on standard input, by <c>INTERLOCK_PROMPT_FILE</c>, or in place of a
/// <c>{prompt}</c> argument; nothing of the task ever enters a shell's text.
/// </summary>
internal sealed class ShellAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("shell", Providers.None, [], "name it in interlock.json: agent.command");

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        // A command of somebody's own is set up by them.
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch)
    {
        var task = launch.Task;
        var command = CliCommand.Of(home, launch, [], task.Prompt);
        return command with { Command = [.. launch.Preset.Command.Concat(launch.Preset.Args).Select(argument => Fill(argument, task))] };
    }

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new PlainReader();

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

/// <summary>Output without a form: text for people.</summary>
internal sealed class PlainReader : IAgentReader
{
    public IEnumerable<AgentEvent> Read(string line) => [new AgentEvent.Text(line)];
}
