using Interlock.App.Cli;
using Interlock.Domain.Leasing;

namespace Interlock.App.Mcp;

internal sealed class StoryStatusTool() : AgentTool(
    "story_status",
    "Where a story stands",
    "Shows the tasks with their status, who works on each, and what waits for what.",
    ToolEffect.Reads,
    new Parameter("story", ParameterKind.Text, "The story, such as 2.5; all that are not finished unless given"))
{
    protected override Task<ToolAnswer> AnswerAsync(ToolCall call, CancellationToken cancellation)
    {
        var story = call.Input.Story("story");
        var snapshot = call.Workspace.Snapshot();
        var stories = snapshot.Tasks.GroupBy(task => task.Story).OrderBy(group => group.Key)
            .Where(group => story is null ? group.Any(task => !task.IsFinished) : group.Key == story).ToList();
        if (stories.Count == 0 && story is { } unknown)
        {
            return Task.FromResult(ToolAnswer.Refused(new Refusal(RefusalCodes.UnknownTask, $"there is no story {unknown}", "Call story_status without arguments to see all")));
        }

        var lines = stories.SelectMany(group => group).Select(task => Tasks.Line(snapshot, task));
        return Task.FromResult(new ToolAnswer(
            stories.Count == 0 ? "No task is open." : string.Join('\n', lines),
            "Take one with next_task",
            writer => StatusText.Write(writer, snapshot, stories, call.Workspace.Store.Epoch)));
    }
}
