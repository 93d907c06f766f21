namespace Interlock.Engine.Agents.Adapters;

/// <summary>Every adapter there is.</summary>
public static class AdapterRegistry
{
    /// <summary>In the order people are shown them.</summary>
    public static IReadOnlyList<IAgentAdapter> All { get; } =
    [
        new ClaudeAdapter(), new CodexAdapter(), new CursorAdapter(), new GeminiAdapter(), new OpenCodeAdapter(), new QwenAdapter(), new CopilotAdapter(),
        new AmpAdapter(), new GooseAdapter(), new AiderAdapter(), new AcpAdapter(), new ShellAdapter(),
    ];

    public static IAgentAdapter? Find(string name) => All.FirstOrDefault(adapter => adapter.Profile.Name == name);

    public static string Names => string.Join(", ", All.Select(adapter => adapter.Profile.Name));
}
