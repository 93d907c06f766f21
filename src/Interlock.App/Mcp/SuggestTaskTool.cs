using Interlock.Domain.Plans;

namespace Interlock.App.Mcp;

internal sealed class SuggestTaskTool() : AgentTool(
    "suggest_task",
    "Suggest a task",
    "Proposes a task that the plan lacks. Nothing changes until a person accepts it, so do not wait for it and do not do it yourself.",
    ToolEffect.Settles,
    new Parameter("story", ParameterKind.Text, "The story it belongs to, such as 2.5", Required: true),
    new Parameter("title", ParameterKind.Text, "What has to be done, in one line", Required: true),
    new Parameter("reason", ParameterKind.Text, "Why it is needed", Required: true),
    new Parameter("files", ParameterKind.Texts, "Files or globs it will touch"),
    new Parameter("dependencies", ParameterKind.Texts, "Tasks that have to be completed before it"))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var (suggestion, refusal) = call.Workspace.Protocol.Suggest(new Suggestion
        {
            Id = default,
            Story = call.Input.Story("story")!.Value,
            Title = call.Input.Text("title")!.Trim(),
            By = call.Desk.Agent,
            Reason = call.Input.Text("reason")!,
            Files = call.Input.Texts("files") ?? [],
            Dependencies = [.. call.Input.TaskIds("dependencies")],
        });
        return Task.FromResult(suggestion is null ? ToolAnswer.Refused(refusal!) : new ToolAnswer(
            $"Suggested as task {suggestion.Id}; a person decides about it.",
            "Go on with your own task",
            writer => writer.WriteString("task_id", suggestion.Id.Value)));
    }
}
