using System.Text.Json;
using Spectre.Console;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

/// <summary>Where every task stands, as of now or as of any moment that was rebuilt.</summary>
internal static class StatusText
{
    /// <param name="full">Finished tasks too, and every story whatever its state.</param>
    public static void Print(Terminal terminal, Snapshot snapshot, IReadOnlyList<IGrouping<StoryId, WorkTask>> stories, bool full)
    {
        foreach (var group in stories)
        {
            var done = group.Count(task => task.State == TaskState.Merged);
            terminal.Line();
            terminal.MarkupLine($"[bold]Story {Terminal.Markup(group.Key.Value)}[/]: {done} of {group.Count()} completed{Counts(group)}");
            if (full || (stories.Count <= 2 && done < group.Count()) || group.Any(task => task.State is TaskState.Running or TaskState.Submitted or TaskState.Merging or TaskState.Dead))
            {
                terminal.Write(TableOf(terminal, snapshot, group, full));
            }
        }

        var proposals = ProposalText.Of(snapshot, [.. stories.Select(group => group.Key)]);
        if (proposals.Count > 0)
        {
            terminal.Line();
            ProposalText.Print(terminal, proposals);
        }

        if (!full && stories.Count > 2)
        {
            terminal.Line();
            terminal.Line("All tasks of one story: interlock status --story <story>");
        }
    }

    public static void Write(Utf8JsonWriter writer, Snapshot snapshot, IReadOnlyList<IGrouping<StoryId, WorkTask>> stories, string epoch)
    {
        writer.WriteStartArray("stories");
        foreach (var group in stories)
        {
            writer.WriteStartObject();
            writer.WriteString("story_id", group.Key.Value);
            writer.WriteNumber("tasks", group.Count());
            foreach (var word in (string[])[StatusWords.Pending, StatusWords.InProgress, StatusWords.Review, StatusWords.Completed, StatusWords.Blocked, StatusWords.Cancelled])
            {
                writer.WriteNumber(word, group.Count(task => StatusWords.Of(task.State) == word));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("tasks");
        foreach (var task in stories.SelectMany(group => group))
        {
            StatusFile.Write(writer, task);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("locks");
        foreach (var lease in snapshot.Leases)
        {
            Answers.Write(writer, lease, epoch);
        }

        writer.WriteEndArray();
        ProposalText.Write(writer, ProposalText.Of(snapshot, [.. stories.Select(group => group.Key)]));
    }

    private static string Counts(IEnumerable<WorkTask> tasks)
    {
        var others = tasks.Where(task => task.State != TaskState.Merged).GroupBy(task => StatusWords.Of(task.State)).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} {group.Key}");
        var text = string.Join(", ", others);
        return text.Length == 0 ? "" : $", {text}";
    }

    // The columns that name things are never cut; the title gets what is left of the line.
    private static Table TableOf(Terminal terminal, Snapshot snapshot, IEnumerable<WorkTask> tasks, bool full)
    {
        const int Padding = 18;
        var rows = tasks.Where(task => full || task.State != TaskState.Merged)
            .Select(task => (Task: task, Agent: (snapshot.LeaseOf(task.Id)?.Agent ?? task.AssignedAgent)?.Value ?? "-", Note: Terminal.Cut(Note(snapshot, task), 44)))
            .ToList();
        var taken = Longest(rows.Select(row => row.Task.Id.Value)) + StatusWords.InProgress.Length + Longest(rows.Select(row => row.Agent)) + Longest(rows.Select(row => row.Note)) + Padding;
        var left = Math.Max(16, terminal.Width - taken);
        var table = Terminal.Columns("task", "status", "agent", "note", "title");
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        foreach (var (task, agent, note) in rows)
        {
            table.AddRow(
                Terminal.Markup(task.Id.Value), $"[{Answers.Colour(snapshot.StateOf(task))}]{StatusWords.Of(task.State)}[/]",
                Terminal.Markup(agent), Markup.Escape(note), Markup.Escape(Terminal.Cut(task.Title, left)));
        }

        return table;

        static int Longest(IEnumerable<string> texts) => texts.Select(text => text.Length).DefaultIfEmpty(0).Max();
    }

    private static string Note(Snapshot snapshot, WorkTask task)
    {
        if (snapshot.LeaseOf(task.Id) is { } lease)
        {
            return $"{(lease.Kind == LeaseKind.Hold ? "on hold" : lease.InReview ? "in review" : "at work")} for {Ages.Text(snapshot.Clock.Wall - lease.AcquiredAt)}";
        }

        return task switch
        {
            { State: TaskState.Merged, Commit: { } commit } => commit[..Math.Min(10, commit.Length)],
            { State: TaskState.Merged } => task.CompletedHow ?? "",
            { HeldBecause: { } held } => held,
            { State: TaskState.Dead or TaskState.Cancelled } => task.LastError ?? "",
            { NotBefore: { } at } when at > snapshot.Clock.Wall => $"again in {Ages.Text(at - snapshot.Clock.Wall)}: {task.LastError}",
            _ when snapshot.OpenDependencies(task) is { Count: > 0 } open => $"waits for {string.Join(", ", open.Select(other => other.Id))}",
            { IsOpen: true } => "ready",
            _ => "",
        };
    }
}
