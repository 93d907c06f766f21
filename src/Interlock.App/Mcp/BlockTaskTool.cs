namespace Interlock.App.Mcp;

internal sealed class BlockTaskTool() : AgentTool(
    "block_task",
    "Ask for a person",
    "Says that a task cannot go on without a decision of a person. Your claim of it ends.",
    ToolEffect.Acts,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("reason", ParameterKind.Text, "What has to be decided", Required: true))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        // Without a claim anybody may say so; a claimed task takes its holder's token.
        var task = call.Input.Task("task");
        return Task.FromResult(ToolAnswer.Of(
            call.Workspace,
            call.Workspace.Protocol.Block(task, call.Desk.TokenOf(task), call.Input.Text("reason")!, call.Desk.Agent, call.Request),
            _ => ($"Task {task} waits for a person.", "Stop working on it and call next_task")));
    }
}
