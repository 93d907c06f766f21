namespace Interlock.App.Mcp;

/// <summary>Every tool, in the order in which an agent needs them.</summary>
internal static class AgentTools
{
    public static IReadOnlyList<AgentTool> All { get; } =
    [
        new NextTaskTool(), new ClaimTaskTool(), new CheckFileTool(), new ExtendFilesTool(), new RenewTool(),
        new CompleteTaskTool(), new SubmitTool(), new FailTaskTool(), new BlockTaskTool(), new ReleaseTaskTool(),
        new SendMessageTool(), new ReadMessagesTool(), new StoryStatusTool(), new ExplainTaskTool(), new SuggestTaskTool(),
    ];

    public static AgentTool? Find(string name) => All.FirstOrDefault(tool => tool.Name == name);
}
