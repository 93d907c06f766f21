using Interlock.App.Cli;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Running;

namespace Interlock.App.Mcp;

internal sealed class ExplainTaskTool() : AgentTool(
    "explain_task",
    "Why a task is where it is",
    "Names the one rule that keeps a task from being claimed, who stands in the way, and since when.",
    ToolEffect.Reads,
    new Parameter("task", ParameterKind.Text, "The task's id, such as 2.5.1", Required: true))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var task = call.Input.Task("task");
        var snapshot = call.Workspace.Snapshot();
        if (snapshot.Find(task) is not { } found)
        {
            return Task.FromResult(ToolAnswer.Refused(call.Workspace.Protocol.WhyNot(task, call.Desk.Agent)!));
        }

        var explained = call.Workspace.Explain(snapshot, found);
        var why = explained.Because ?? call.Workspace.Protocol.WhyNot(task, call.Desk.Agent);
        return Task.FromResult(new ToolAnswer(
            why is null ? $"Nothing is in the way of task {task}." : $"Task {task} is {StatusWords.Of(found.State)}: {explained.Text}",
            why is null ? $"claim_task with task {task}" : ToolWords.Of(why.Hint),
            writer => ExplainVerb.Write(writer, snapshot, found, explained, why, RunSight.Read(call.Workspace.StateDir)?.Of(snapshot.LeaseOf(task)))));
    }
}
