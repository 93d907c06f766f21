namespace Interlock.App.Mcp;

internal sealed class ExtendFilesTool() : AgentTool(
    "extend_files",
    "Lease more files",
    "Adds files to your claim. Answers at once: they are yours, or it says who has one and since when. Never waits.",
    ToolEffect.Settles,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("files", ParameterKind.Texts, "Files or globs, relative to the repository root", Required: true))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        return Task.FromResult(ClaimedTask.With(call, task, token => ToolAnswer.Of(
            call.Workspace,
            call.Workspace.Protocol.Extend(task, token, call.Input.Texts("files")!, call.Request),
            done => ($"Task {task}: {Tasks.FilesOf(done.Lease!)}", "Go on with your work"))));
    }
}
