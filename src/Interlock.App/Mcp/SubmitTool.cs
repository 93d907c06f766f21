using Interlock.Engine.Desks;

namespace Interlock.App.Mcp;

internal sealed class SubmitTool() : AgentTool(
    "submit",
    "Hand in committed work",
    "Hands in the commits of a claimed task for verification, up to a given commit. In a window they are verified at once; in an automated run the run verifies your worktree when you end.",
    ToolEffect.Acts,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("commit", ParameterKind.Text, "Where the work ends; HEAD unless given"))
{
    protected override async Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        return await ClaimedTask.WithAsync(call, task, async token => Tasks.HandedIn(
            call.Workspace, await new HandIn(call.Workspace).CommittedAsync(task, token, call.Input.Text("commit"), call.Request, cancellation)));
    }
}
