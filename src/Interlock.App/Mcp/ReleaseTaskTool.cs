namespace Interlock.App.Mcp;

internal sealed class ReleaseTaskTool() : AgentTool(
    "release_task",
    "Give a task back",
    "Gives a claimed task back untouched. Costs no attempt; use fail_task when you tried and it did not work.",
    ToolEffect.Acts,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("reason", ParameterKind.Text, "Why, in one line"))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        return Task.FromResult(ClaimedTask.With(call, task, token => ToolAnswer.Of(
            call.Workspace,
            call.Workspace.Protocol.Release(task, token, call.Input.Text("reason"), call.Request),
            _ => ($"Task {task} is open again.", "Call next_task"))));
    }
}
