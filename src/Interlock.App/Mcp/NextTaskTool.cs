using Interlock.Domain.Leasing;

namespace Interlock.App.Mcp;

internal sealed class NextTaskTool() : AgentTool(
    "next_task",
    "Next task",
    "Says which task you should take now, or which you already work on. Claims nothing: call claim_task with it.",
    ToolEffect.Reads,
    new Parameter("story", ParameterKind.Text, "Only tasks of this story, such as 2.5"))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var reply = call.Desk.Next(call.Input.Story("story"));
        if (reply.Refusal is { Code: RefusalCodes.NothingToDo } nothing)
        {
            return Task.FromResult(new ToolAnswer(nothing.Message, "Read your messages with read_messages, then end your turn: you are not needed now", writer => writer.WriteNull("task")));
        }

        return Task.FromResult(ToolAnswer.Of(call.Workspace, reply, done => done.Lease is { } lease
            ? ($"You already work on task {done.Task!.Id}: {done.Task.Title}. {Tasks.FilesOf(lease)}", Tasks.Finish(done.Task.Id))
            : ($"Take task {done.Task!.Id}: {done.Task.Title}. {Tasks.FilesOf(done.Task)}", $"claim_task with task {done.Task.Id}")));
    }
}
