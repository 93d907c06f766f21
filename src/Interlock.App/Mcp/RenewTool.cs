namespace Interlock.App.Mcp;

internal sealed class RenewTool() : AgentTool(
    "renew",
    "Keep a task longer",
    "Makes your claim of a task last longer, from now on.",
    ToolEffect.Acts,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("duration", ParameterKind.Text, "How long from now, such as 2h"))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        return Task.FromResult(ClaimedTask.With(call, task, token => ToolAnswer.Of(
            call.Workspace,
            call.Workspace.Protocol.Renew(task, token, call.Input.Duration("duration"), call.Request),
            done => ($"Task {task} is yours until {Tasks.Time(done.Lease!.ExpiresAt)}.", "Go on with your work"))));
    }
}
