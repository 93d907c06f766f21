using System.Text;
using System.Text.Json;
using Interlock.App.Cli;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Projections;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Interlock.App.Mcp;

/// <summary>What a client can read without calling a tool: the agent's prompt, the plan and the board.</summary>
internal static class AgentResources
{
    private const string Prompt = "interlock://prompt";
    private const string Plan = "interlock://plan";
    private const string Board = "interlock://board";

    public static IReadOnlyList<Resource> All { get; } =
    [
        new() { Uri = Prompt, Name = "prompt", Title = "Your prompt", Description = "Who you are, your tasks in order, and how to work", MimeType = "text/markdown" },
        new() { Uri = Plan, Name = "plan", Title = "The plan", Description = "Every story with its tasks, dependencies and files", MimeType = "text/markdown" },
        new() { Uri = Board, Name = "board", Title = "The board", Description = "Every task with its status, and every lease, as JSON", MimeType = "application/json" },
    ];

    public static async Task<ReadResourceResult> ReadAsync(Connection connection, string uri, CancellationToken cancellation)
    {
        var known = All.FirstOrDefault(resource => resource.Uri == uri)
            ?? throw new McpProtocolException($"there is no resource '{Terminal.Cut(uri, 100)}'; there are: {string.Join(", ", All.Select(resource => resource.Uri))}", McpErrorCode.ResourceNotFound);
        var text = await connection.WithWorkspaceAsync((workspace, desk) => Task.FromResult(uri switch
        {
            Prompt => PromptOf(workspace, desk.Agent.Value),
            Plan => PlanOf(workspace),
            _ => BoardOf(workspace),
        }), cancellation);
        return new ReadResourceResult { Contents = [new TextResourceContents { Uri = uri, MimeType = known.MimeType, Text = text }] };
    }

    private static string PromptOf(Workspace workspace, string agent) =>
        workspace.Store.Read(reader => Prompts.ForWindows(workspace, reader, reader.Tasks())).GetValueOrDefault(agent)
        ?? $"No story has been assigned to {agent}. Ask for work with next_task; who is in the roster gets a prompt of its own from: interlock assign --story …\n";

    private static string PlanOf(Workspace workspace)
    {
        var (stories, tasks) = workspace.Store.Read(reader => (reader.Stories(), reader.Tasks()));
        var text = new StringBuilder();
        foreach (var group in tasks.GroupBy(task => task.Story).OrderBy(group => group.Key))
        {
            text.Append($"## Story {group.Key}: {Terminal.Safe(stories.FirstOrDefault(story => story.Id == group.Key)?.Title)}\n\n");
            foreach (var task in group)
            {
                text.Append($"- [{(task.State == TaskState.Merged ? "x" : " ")}] Task {task.Id}: {Terminal.Safe(task.Title)}");
                Append(text, "Dependencies", task.Dependencies.Select(id => id.Value));
                Append(text, "Files", task.Files);
                text.Append('\n');
            }

            text.Append('\n');
        }

        return text.Length == 0 ? "Nothing has been imported yet.\n" : text.ToString();
    }

    private static void Append(StringBuilder text, string name, IEnumerable<string> values)
    {
        var joined = string.Join(", ", values.Select(Terminal.Safe));
        if (joined.Length > 0)
        {
            text.Append($" [{name}: {joined}]");
        }
    }

    private static string BoardOf(Workspace workspace)
    {
        var snapshot = workspace.Snapshot();
        return Schemas.Build(writer =>
        {
            writer.WriteNumber("revision", workspace.Store.Read(reader => reader.Revision));
            StatusText.Write(writer, snapshot, [.. snapshot.Tasks.GroupBy(task => task.Story).OrderBy(group => group.Key)], workspace.Store.Epoch);
        }).GetRawText();
    }
}
