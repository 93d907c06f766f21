namespace Interlock.Engine.Agents;

/// <param name="Prompt">Written to standard input, which is then closed.</param>
public sealed record AgentCommand(
    IReadOnlyList<string> Command, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment, string Prompt)
{
    /// <summary>Standard input stays open, for a program one talks with.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>Asked to stop by SIGINT instead of SIGTERM.</summary>
    public bool StopsOnInterrupt { get; init; }

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

/// <summary>The task an agent is started on, as its adapter sees it.</summary>
/// <param name="Attempt">Counts from 1.</param>
/// <param name="Token">The lease's token as the agent presents it.</param>
/// <param name="PromptFile">A file with the same text as <paramref name="Prompt"/>.</param>
/// <param name="Worktree">The directory to work in.</param>
/// <param name="Root">The main checkout.</param>
/// <param name="PassThrough">Names of environment variables every agent may inherit besides the allow-list.</param>
/// <param name="Run">Unique to this attempt; every process of it carries it.</param>
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
    IReadOnlyCollection<string> PassThrough,
    string Run);
