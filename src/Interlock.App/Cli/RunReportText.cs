using System.Globalization;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;

namespace Interlock.App.Cli;

/// <summary>The report at the end of a run, as text and as JSON.</summary>
internal static class RunReportText
{
    public static void Print(Terminal terminal, RunReport report)
    {
        terminal.Line();
        terminal.MarkupLine($"[bold]Story {Terminal.Markup(report.Story.Value)}[/] on branch [bold]{Terminal.Markup(report.Branch)}[/]{(report.Cancelled ? ", ended early" : "")}");
        terminal.Line($"  landed         {report.Landed.Count} now, {report.AlreadyDone} before, of {report.Total}");
        terminal.Line($"  attempts       {report.Attempts}");
        terminal.Line($"  took           {Ages.Text(report.Wall)}{Predicted(report)}");
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  agents at work {Ages.Text(report.Busy)} in all, {report.Parallelism:0.0} at once on average"));
        if (report.Steps.Count > 0)
        {
            terminal.Line($"  interventions  {string.Join(", ", StepWords.All.Where(report.Steps.ContainsKey).Select(rung => $"{report.Steps[rung]} {StepWords.Did(rung)}"))}");
        }

        if (SpendingText.Line(report.Usages) is { } spent)
        {
            terminal.Line($"  spent          {spent}");
            foreach (var line in SpendingText.ByPreset(report.Usages))
            {
                terminal.Line($"                 {line}");
            }
        }

        if (report.CriticalTasks.Count > 0 && report.CriticalPath > TimeSpan.Zero)
        {
            terminal.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"  critical path  {Ages.Text(report.CriticalPath)} through {string.Join(" > ", report.CriticalTasks)}; the run took {report.Wall / report.CriticalPath:0.00} times that"));
        }

        if (report.Into is { } into)
        {
            terminal.Line($"  into           {Into(into)}");
        }

        if (report.FlakyChecks.Count > 0)
        {
            terminal.Line();
            CheckHealth.Print(terminal, report.FlakyChecks);
        }

        Section(terminal, "Needs a person", report.NeedPerson);
        Section(terminal, "Still open", report.Open);
        terminal.Line();
        terminal.Line($"Look at it:   git log --oneline {report.Branch}");
        if (!report.Complete)
        {
            terminal.Line($"Go on:        interlock run --story {report.Story}");
        }

        var byHand = report.Complete ? $"git merge {report.Branch}" : null;
        if ((report.Into is { } followed ? followed.Command : byHand) is { } command)
        {
            terminal.Line($"Take it over: {command}");
        }
    }

    private static string Predicted(RunReport report) => report is { Predicted: { } time, Cancelled: false } && time > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $", predicted {Ages.Text(time)}")
        : "";

    private static string Into(IntoReport into) => (into.Moved ? $"{into.Branch} moved from {Short(into.From)} to {Short(into.To)}" : $"{into.Branch} is where it was")
        + (into.Reason is { } reason ? $": {reason}" : into.Moved ? "" : ": it has everything already");

    private static string Short(string? commit) => commit is { Length: > 10 } ? commit[..10] : commit ?? "nothing";

    public static void Write(Utf8JsonWriter writer, RunReport report)
    {
        writer.WriteString("story_id", report.Story.Value);
        writer.WriteString("branch", report.Branch);
        writer.WriteBoolean("complete", report.Complete);
        writer.WriteBoolean("ended_early", report.Cancelled);
        writer.WriteNumber("tasks", report.Total);
        writer.WriteNumber("done_before", report.AlreadyDone);
        writer.WriteNumber("attempts", report.Attempts);
        writer.WriteNumber("wall_seconds", Math.Round(report.Wall.TotalSeconds, 3));
        if (report.Predicted is { } predicted)
        {
            writer.WriteNumber("predicted_seconds", Math.Round(predicted.TotalSeconds, 3));
        }
        else
        {
            writer.WriteNull("predicted_seconds");
        }

        writer.WriteNumber("agent_seconds", Math.Round(report.Busy.TotalSeconds, 3));
        writer.WriteNumber("parallelism", Math.Round(report.Parallelism, 3));
        writer.WriteNumber("critical_path_seconds", Math.Round(report.CriticalPath.TotalSeconds, 3));
        SpendingText.Write(writer, report.Usages);
        writer.WriteStartObject("interventions");
        foreach (var rung in StepWords.All)
        {
            writer.WriteNumber(StepWords.Did(rung), report.Steps.GetValueOrDefault(rung));
        }

        writer.WriteEndObject();
        CheckHealth.Write(writer, report.Sandbox, report.FlakyChecks);
        StatusFile.WriteList(writer, "critical_path", report.CriticalTasks.Select(id => id.Value));
        List(writer, "landed", report.Landed);
        List(writer, "needs_person", report.NeedPerson);
        List(writer, "open", report.Open);
        if (report.Into is { } into)
        {
            writer.WriteStartObject("into");
            writer.WriteString("branch", into.Branch);
            writer.WriteBoolean("moved", into.Moved);
            writer.WriteString("from", into.From);
            writer.WriteString("to", into.To);
            writer.WriteString("reason", into.Reason);
            writer.WriteString("command", into.Command);
            writer.WriteEndObject();
        }
    }

    private static void Section(Terminal terminal, string heading, IReadOnlyList<TaskOutcome> outcomes)
    {
        if (outcomes.Count == 0)
        {
            return;
        }

        terminal.Line();
        terminal.MarkupLine($"[bold]{heading}[/]");
        foreach (var outcome in outcomes)
        {
            terminal.Line($"  {outcome.Task,-8} {outcome.Title}");
            terminal.Line($"           {outcome.Detail}");
            if (outcome.Log is { } log)
            {
                terminal.Line($"           log: {log}");
            }
        }
    }

    private static void List(Utf8JsonWriter writer, string name, IReadOnlyList<TaskOutcome> outcomes)
    {
        writer.WriteStartArray(name);
        foreach (var outcome in outcomes)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", outcome.Task.Value);
            writer.WriteString("title", outcome.Title);
            writer.WriteString("detail", outcome.Detail);
            writer.WriteString("log", outcome.Log);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
