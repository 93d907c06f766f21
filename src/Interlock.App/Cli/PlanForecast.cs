using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Interlock.App.Pictures;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using Interlock.Engine.Importers;
using Interlock.Engine.Learning;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

/// <summary>What <c>plan --story</c> promises: the tasks step by step, what they contend for, and how long they take with how many agents.</summary>
internal sealed class PlanForecast
{
    private const int MostListed = 6;

    private readonly StoryId story;
    private readonly IReadOnlyList<WorkTask> tasks;
    private readonly Forecast forecast;
    private readonly Prediction prediction;

    private PlanForecast(StoryId story, IReadOnlyList<WorkTask> tasks, Forecast forecast, Prediction prediction) =>
        (this.story, this.tasks, this.forecast, this.prediction) = (story, tasks, forecast, prediction);

    public static async Task<PlanForecast> OfAsync(VerbContext context, Plan plan, StoryId story, CancellationToken cancellation)
    {
        var tasks = PlanImport.Preview(plan, story, context.Workspace.Config, context.Protocol);
        var forecast = await Forecast.OfAsync(context.Workspace, tasks, new Dictionary<TaskId, TimeSpan>(), cancellation);
        return new PlanForecast(story, tasks, forecast, Prediction.Of(forecast.Workload));
    }

    public string Draw(string title) => PlanSvg.Draw(
        tasks, prediction.CriticalPath.Tasks, forecast.Workload.Duration, $"Story {story}: {title}",
        $"{Counted.Of(tasks.Count, "task")}, critical path {Ages.Text(TimeSpan.FromSeconds(prediction.CriticalPath.Length))}; {prediction.Reason}");

    public void Print(Terminal terminal)
    {
        if (prediction.Runs.Count == 0 || prediction.Runs[0].Schedule.Assignments.Count == 0)
        {
            terminal.Line();
            terminal.Line($"Story {story} has nothing left that could be started.");
            return;
        }

        PrintSteps(terminal);
        PrintContention(terminal);
        PrintRuns(terminal);
        PrintLikely(terminal);
        terminal.Line();
        terminal.MarkupLine($"[bold]{Terminal.Markup(Sentence(prediction.Reason))}[/]");
        terminal.Line(ScheduleText.Ground(forecast));
        ScheduleText.PrintOutside(terminal, forecast);
        terminal.Line($"See the schedule: interlock simulate --story {story} --agents {prediction.Recommended}");
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("forecast");
        writer.WriteNumber("edges", tasks.Sum(task => task.Dependencies.Count));
        writer.WriteNumber("width", prediction.Width);
        writer.WriteNumber("most_at_once", prediction.MostAtOnce);
        StatusFile.WriteList(writer, "critical_path", prediction.CriticalPath.Tasks.Select(id => id.Value));
        writer.WriteNumber("critical_path_seconds", Math.Round(prediction.CriticalPath.Length, 3));
        writer.WriteNumber("recommended_agents", prediction.Recommended);
        writer.WriteString("reason", prediction.Reason);
        writer.WriteStartArray("runs");
        foreach (var run in prediction.Runs)
        {
            writer.WriteStartObject();
            writer.WriteNumber("agents", run.Agents);
            writer.WriteNumber("makespan", ScheduleText.Seconds(run.Schedule.Makespan));
            writer.WriteNumber("speedup", Math.Round(run.Schedule.Speedup, 4));
            ScheduleText.Write(writer, run.Schedule.LowerBound);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("contended");
        foreach (var contended in prediction.Contended)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", ScheduleText.Word(contended.Kind));
            writer.WriteString("name", contended.Name);
            writer.WriteNumber("capacity", contended.Capacity);
            writer.WriteNumber("least", ScheduleText.Seconds(contended.Least));
            StatusFile.WriteList(writer, "tasks", contended.Tasks.Select(id => id.Value));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        StatusFile.WriteList(writer, "taken_as_done", forecast.Outside.Select(id => id.Value));
        ScheduleText.WriteEstimates(writer, tasks, forecast, forecast.Workload.Limits);
        writer.WriteEndObject();
    }

    private void PrintSteps(Terminal terminal)
    {
        var critical = prediction.CriticalPath.Tasks.ToHashSet();
        terminal.Line();
        terminal.MarkupLine("[bold]Steps[/] the dependencies allow; * is on the critical path");
        foreach (var (step, column) in PlanLevels.Of([.. tasks.Where(task => !task.IsFinished && !task.IsWhole)]).Index())
        {
            const int Indent = 6;
            var words = column.Select(task => (Plain: task.Id.Value + (critical.Contains(task.Id) ? "*" : ""), IsCritical: critical.Contains(task.Id))).ToList();
            var (line, used) = (string.Create(CultureInfo.InvariantCulture, $"{step + 1,4}  "), Indent);
            foreach (var (plain, isCritical) in words)
            {
                if (used > Indent && used + plain.Length + 1 > terminal.Width)
                {
                    terminal.MarkupLine(line.TrimEnd());
                    (line, used) = (new string(' ', Indent), Indent);
                }

                line += $"{(isCritical ? $"[red]{Terminal.Markup(plain)}[/]" : Terminal.Markup(plain))} ";
                used += plain.Length + 1;
            }

            terminal.MarkupLine(line.TrimEnd());
        }

        terminal.Line($"Width {prediction.Width}, at most {prediction.MostAtOnce} at once under the limits. Critical path {Ages.Text(TimeSpan.FromSeconds(prediction.CriticalPath.Length))}: {ScheduleText.Path(prediction.CriticalPath.Tasks)}");
    }

    private void PrintContention(Terminal terminal)
    {
        if (prediction.Contended.Count == 0)
        {
            return;
        }

        terminal.Line();
        terminal.MarkupLine("[bold]Contended[/]");
        foreach (var contended in prediction.Contended.Take(MostListed))
        {
            var room = contended.Capacity == 1 ? "one at a time" : $"{contended.Capacity} at a time";
            var what = contended.Kind == BoundKind.Files ? contended.Name : $"{ScheduleText.Word(contended.Kind)} '{contended.Name}'";
            terminal.Line($"  {what}: {Counted.Of(contended.Tasks.Count, "task")}, {room}, {Ages.Text(contended.Least)} at least ({ScheduleText.Listed(contended.Tasks)})");
        }

        if (prediction.Contended.Count > MostListed)
        {
            terminal.Line($"  and {prediction.Contended.Count - MostListed} more: --json");
        }
    }

    private void PrintRuns(Terminal terminal)
    {
        var longest = prediction.Runs.Max(run => run.Schedule.Makespan);
        var table = Terminal.Columns("agents", "predicted", "speed-up", "not below", "because", "");
        foreach (var column in table.Columns.Take(4))
        {
            column.Alignment = Spectre.Console.Justify.Right;
            column.NoWrap = true;
        }

        foreach (var run in prediction.Runs)
        {
            var bar = new string('#', (int)Math.Max(1, Math.Round(run.Schedule.Makespan / longest * 20)));
            var chosen = run.Agents == prediction.Recommended;
            table.AddRow(
                $"{(chosen ? "> " : "")}{run.Agents}", Ages.Text(run.Schedule.Makespan), ScheduleText.Times(run.Schedule.Speedup),
                Ages.Text(run.Schedule.LowerBound.Value), Terminal.Markup(Terminal.Cut(Short(run.Schedule.LowerBound), 34)), chosen ? $"[green]{bar}[/]" : bar);
        }

        terminal.Line();
        terminal.Write(table);
        var few = forecast.At(estimate => estimate.Low).WithAgents(prediction.Recommended);
        var many = forecast.At(estimate => estimate.High).WithAgents(prediction.Recommended);
        terminal.Line($"With {Counted.Of(prediction.Recommended, "agent")}: {Ages.Text(Simulator.Run(few).Makespan)} if every task is quick, {Ages.Text(Simulator.Run(many).Makespan)} if every task is slow (10 % and 90 %).");
    }

    private void PrintLikely(Terminal terminal)
    {
        var likely = tasks.Where(task => !task.IsFinished && !task.IsWhole)
            .SelectMany(task => forecast.Learned.LikelyFilesOf(task, forecast.Workload.Limits).Select(file => (Task: task, File: file)))
            .OrderByDescending(entry => entry.File.Chance).ThenBy(entry => entry.Task.Order).ToList();
        if (likely.Count == 0)
        {
            return;
        }

        terminal.Line();
        terminal.MarkupLine("[bold]Likely also touched[/], leased by nobody until it is");
        foreach (var (task, file) in likely.Take(MostListed))
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {task.Id} {file.Path}: {file.Chance * 100:0} %, {file.Because}"));
        }

        if (likely.Count > MostListed)
        {
            terminal.Line($"  and {likely.Count - MostListed} more: --json");
        }
    }

    private static string Short(Bound bound) => bound.Kind switch
    {
        BoundKind.CriticalPath => "critical path",
        BoundKind.Agents => "work / agents",
        BoundKind.Files => bound.Name.Length > 0 ? bound.Name : "shared files",
        BoundKind.Module => $"module {bound.Name}",
        BoundKind.Epic => $"epic {bound.Name}",
        _ => "landing",
    };

    private static string Sentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.";
}
