namespace Interlock.App.Mcp;

internal sealed class CheckFileTool() : AgentTool(
    "check_file",
    "Ask about a file",
    "Says whether you may change a file now: yours, free, or whose it is and for how long. Leases nothing.",
    ToolEffect.Reads,
    new Parameter("path", ParameterKind.Text, "The file, relative to the repository root", Required: true))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var verdict = call.Desk.CheckFile(call.Input.Text("path")!);
        var (say, next) = verdict.State switch
        {
            "yours" => ($"{verdict.Path} is leased for you{(verdict.Lease!.Task is { } task ? $", with task {task}" : "")}.", "You may change it"),
            "free" => ($"Nobody has {verdict.Path}.", "Lease it with extend_files before you change it"),
            _ => ($"Do not change {verdict.Path}: {verdict.Why!.Message}.", ToolWords.Of(verdict.Why.Hint)),
        };
        return Task.FromResult(new ToolAnswer(say, next, writer =>
        {
            writer.WriteString("path", verdict.Path);
            writer.WriteString("state", verdict.State);
            writer.WriteString("holder", (verdict.Lease?.Agent ?? verdict.Why?.Holder)?.Value);
            writer.WriteString("holder_task", (verdict.Lease?.Task ?? verdict.Why?.HolderTask)?.Value);
        }));
    }
}
