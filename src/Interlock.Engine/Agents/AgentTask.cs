namespace Interlock.Engine.Agents;

/// <param name="Prompt">Written to standard input, which is then closed.</param>
public sealed record AgentCommand(
    IReadOnlyList<string> Command, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment, string Prompt)
{
    /// <summary>With more variables; they win over those of the same name.</summary>
    internal AgentCommand With(IReadOnlyDictionary<string, string> variables)
    {
        var environment = new Dictionary<string, string>(Environment, OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return this with { Environment = environment };
    }
}

/// <summary>Everything an adapter may need to start an agent on a task.</summary>
/// <param name="Attempt">Counts from 1.</param>
/// <param name="Token">The lease's token as the agent presents it.</param>
/// <param name="PromptFile">A file with the same text as <paramref name="Prompt"/>.</param>
/// <param name="Worktree">The directory to work in.</param>
/// <param name="Root">The main checkout.</param>
/// <param name="Command">From configuration, as an argument list.</param>
/// <param name="PassThrough">Names of environment variables the agent may inherit besides the allow-list.</param>
/// <param name="Run">Unique to this run; every process of it carries it.</param>
public sealed record AgentTask(
    string TaskId,
    string Title,
    string AgentId,
    string AgentType,
    string StoryId,
    string Group,
    int Attempt,
    IReadOnlyList<string> Files,
    string Token,
    string Prompt,
    string PromptFile,
    string Worktree,
    string Root,
    IReadOnlyList<string> Command,
    IReadOnlyCollection<string> PassThrough,
    string Run);

/// <summary>Knows how one agent's command line wants to be called.</summary>
public interface IAgentAdapter
{
    string Name { get; }

    AgentCommand Prepare(AgentTask task);
}
