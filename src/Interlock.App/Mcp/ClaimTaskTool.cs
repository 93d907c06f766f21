namespace Interlock.App.Mcp;

internal sealed class ClaimTaskTool() : AgentTool(
    "claim_task",
    "Claim a task",
    "Takes a task with all its files for you alone, or says who is in the way. Do this before you change anything.",
    ToolEffect.Settles,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true),
    new Parameter("files", ParameterKind.Texts, "Files or globs to lease instead of the plan's, relative to the repository root"),
    new Parameter("duration", ParameterKind.Text, "How long you need it, such as 2h; renew makes it longer"))
{
    protected override async Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var reply = await call.Desk.ClaimAsync(call.Input.Task("task"), call.Input.Texts("files"), call.Input.Duration("duration"), call.Request, cancellation);
        return ToolAnswer.Of(call.Workspace, reply, done => (
            $"Task {done.Task!.Id} is yours until {Tasks.Time(done.Lease!.ExpiresAt)}: {done.Task.Title}. {Tasks.FilesOf(done.Lease)}",
            $"Do the work; lease further files with extend_files before you touch them. {Tasks.Finish(done.Task.Id)}"));
    }
}
