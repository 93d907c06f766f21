using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Merging;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

/// <summary>The answer to <c>status --conflicts</c>: a matrix of tasks by tasks and the branch, then each conflict with its files.</summary>
internal static class ConflictsText
{
    private const int MostFiles = 5;

    public static async Task<int> ShowAsync(VerbContext context, StoryId? story, CancellationToken cancellation)
    {
        var repository = context.Workspace.Repository
            ?? throw new BadInputException($"{context.Workspace.Root} is not in a git repository", "Only work in worktrees of a repository can be compared", ExitCodes.Environment);
        var matrix = await new ConflictScan(context.Workspace, repository).RunAsync(cancellation);
        if (story is { } only)
        {
            var branch = new IntegrationBranch(repository, only).Ref;
            matrix = matrix with
            {
                Works = [.. matrix.Works.Where(work => work.Branch == branch)],
                Conflicts = [.. matrix.Conflicts.Where(conflict => conflict.Work.Branch == branch && (conflict.Other is null || conflict.Other.Branch == branch))],
            };
        }

        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer => Write(writer, matrix));
        }
        else
        {
            Print(context.Terminal, matrix);
        }

        return ExitCodes.Done;
    }

    private static void Print(Terminal terminal, ConflictMatrix matrix)
    {
        foreach (var (task, reason) in matrix.Unread)
        {
            terminal.Line($"The work on {task} could not be read just now: {reason}");
        }

        if (matrix.Works.Count == 0)
        {
            terminal.Line("Nobody works in a worktree now, so there is nothing to compare.");
            return;
        }

        terminal.Write(TableOf(matrix));
        if (matrix.Conflicts.Count == 0)
        {
            terminal.Line($"No conflicts: {(matrix.Works.Count == 1 ? "the work merges" : $"all {matrix.Works.Count} pieces of work merge")} as it is now.");
            return;
        }

        terminal.Line("Numbers are files in conflict, as the work is now:");
        foreach (var conflict in matrix.Conflicts)
        {
            var more = conflict.Paths.Count > MostFiles ? string.Create(CultureInfo.InvariantCulture, $" and {conflict.Paths.Count - MostFiles} more") : "";
            var with = conflict.Other is { } other ? $"{other.Task} ({other.Agent})" : "the branch";
            terminal.Line($"  {conflict.Work.Task} ({conflict.Work.Agent}) and {with}: {string.Join(", ", conflict.Paths.Take(MostFiles))}{more}");
        }
    }

    // Columns are headed by row numbers, so that ten tasks with long ids still fit on a line.
    private static Table TableOf(ConflictMatrix matrix)
    {
        var works = matrix.Works;
        var table = Terminal.Columns(["", "task", "agent", "branch", .. works.Select((_, index) => Number(index))]);
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        for (var row = 0; row < works.Count; row++)
        {
            var work = works[row];
            List<string> cells =
            [
                Number(row), Terminal.Markup(work.Task.Value), Terminal.Markup(work.Agent.Value + (work.InReview ? " (in review)" : "")),
                Cell(matrix.Between(work.Task, null).Count),
            ];
            cells.AddRange(works.Select((other, index) => index == row ? "[grey]-[/]" : Cell(matrix.Between(work.Task, other.Task).Count)));
            table.AddRow([.. cells]);
        }

        return table;

        static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);
        static string Cell(int files) => files == 0 ? "[green].[/]" : string.Create(CultureInfo.InvariantCulture, $"[bold red]{files}[/]");
    }

    private static void Write(Utf8JsonWriter writer, ConflictMatrix matrix)
    {
        writer.WriteStartArray("works");
        foreach (var work in matrix.Works)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", work.Task.Value);
            writer.WriteString("agent_id", work.Agent.Value);
            writer.WriteNumber("fence", work.Fence);
            writer.WriteBoolean("in_review", work.InReview);
            writer.WriteString("branch", work.Branch["refs/heads/".Length..]);
            writer.WriteString("base_commit", work.Base);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("conflicts");
        foreach (var conflict in matrix.Conflicts)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", conflict.Work.Task.Value);
            writer.WriteString("with_task", conflict.Other?.Task.Value);
            StatusFile.WriteList(writer, "files", conflict.Paths);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("unread");
        foreach (var (task, reason) in matrix.Unread)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", task.Value);
            writer.WriteString("reason", reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
