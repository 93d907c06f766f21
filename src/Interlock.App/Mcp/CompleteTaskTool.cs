using Interlock.Engine.Desks;

namespace Interlock.App.Mcp;

internal sealed class CompleteTaskTool() : AgentTool(
    "complete_task",
    "Complete a task",
    "Finishes a claimed task: its commits are looked at and the checks run. You do not decide that it is done; the checks do.",
    ToolEffect.Acts,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("no_code", ParameterKind.Flag, "True when the task needed no commit; then say why in reason"),
    new Parameter("reason", ParameterKind.Text, "Why no commit was needed"))
{
    protected override async Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        var handIn = new HandIn(call.Workspace);
        return await ClaimedTask.WithAsync(call, task, async token => Tasks.HandedIn(
            call.Workspace,
            call.Input.Flag("no_code")
                ? handIn.WithoutCode(task, token, call.Input.Text("reason"), call.Request)
                : await handIn.CommittedAsync(task, token, null, call.Request, cancellation)));
    }
}
