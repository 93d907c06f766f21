using Interlock.Domain.Scheduling;

namespace Interlock.App.Mcp;

internal sealed class FailTaskTool() : AgentTool(
    "fail_task",
    "Give up this attempt",
    "Says that this attempt came to nothing. The task is tried again after a pause, by you or another.",
    ToolEffect.Acts,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("reason", ParameterKind.Text, "What went wrong, for whoever tries next", Required: true))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        return Task.FromResult(ClaimedTask.With(call, task, token => ToolAnswer.Of(
            call.Workspace,
            call.Workspace.Protocol.Fail(task, token, call.Input.Text("reason")!, request: call.Request),
            done => (
                done.Task!.State == TaskState.Dead ? $"Task {task} has failed {done.Task.Attempts} times and now needs a person." : $"Task {task} is open again and will be tried once more after a pause.",
                "Stop working on it and call next_task"))));
    }
}
