namespace Interlock.Engine.Agents.Adapters;

/// <summary>
/// Any agent that speaks the Agent Client Protocol over standard input and output. It is configured whole by its command, works by a
/// session it is given, and asks us before it edits.
/// </summary>
internal sealed class AcpAdapter : IAgentAdapter
{
    public AdapterProfile Profile { get; } = new("acp", "acp", [], "name the agent in interlock.json: \"command\": [\"opencode\", \"acp\"]")
    {
        Delivery = PromptDelivery.Protocol,
        Hooks = true,
        Mcp = true,
        Resume = true,
        Usage = true,
        Cost = true,
        Result = true,
    };

    public void Prepare(AgentHome home, AgentLaunch launch, AgentGuard guard)
    {
        // Everything is said by protocol.
    }

    public AgentCommand Command(AgentHome home, AgentLaunch launch) =>
        CliCommand.Of(home, launch, [], prompt: null) with { Command = [.. launch.Preset.Command, .. launch.Preset.Args], KeepsInput = true };

    public IAgentReader Listen(AgentHome home, AgentLaunch launch, AgentGuard guard) => new AcpReader(launch, guard);
}
