using System.CommandLine;
using System.Globalization;
using Interlock.App.Pictures;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Learning;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

internal static class SimulateVerb
{
    public static Command Create(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        story.Required = true;
        var agents = AgentsOption();
        var durations = DurationsOption.Create();
        var landing = VerbHost.DurationOption("--landing", "How long a batch of changes takes to be on the branch; what the checks took before unless given");
        var svg = SvgFile.NewOption("the schedule");
        var command = new Command("simulate", "Play a story in virtual time: who would do what when, and where time is lost; changes nothing") { story, agents, durations, landing, svg };
        var options = new PlanOptions(command);
        host.Bind(command, async (context, cancellation) =>
        {
            var id = context.Parse.GetRequiredValue(story)!.Value;
            var plan = options.Read(context);
            PlanVerb.RequireStory(plan, id);
            var tasks = PlanImport.Preview(plan, id, context.Workspace.Config, context.Protocol);
            var given = DurationsOption.Read(context, durations, DurationsOption.TasksOf(tasks));
            var forecast = await Forecast.OfAsync(context.Workspace, tasks, given, cancellation);
            if (context.Parse.GetValue(landing) is { } lands)
            {
                forecast = forecast with { Workload = forecast.Workload with { Landing = lands } };
            }

            var workload = forecast.Workload.WithAgents(context.Parse.GetValue(agents) ?? forecast.Workload.Workers.Count);
            var schedule = Simulator.Run(workload);
            var byId = tasks.ToDictionary(task => task.Id);
            IReadOnlyList<AgentId> rows = [.. workload.Workers.Select(worker => worker.Id)];
            var picture = SvgFile.Save(context, svg, () => GanttSvg.Draw(schedule, rows, byId, $"Story {id} with {Counted.Of(rows.Count, "agent")}"));
            if (context.Terminal.Json)
            {
                WriteJson(id, workload, schedule, forecast, picture);
            }
            else
            {
                Print(context, id, workload, schedule, forecast, picture);
            }

            return schedule.NeverStarted.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }

    private static Option<int?> AgentsOption()
    {
        var agents = new Option<int?>("--agents") { Description = "How many agents; as many as the roster and the limits allow unless given", HelpName = "N" };
        agents.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError("--agents is at least 1");
            }
        });
        return agents;
    }

    private static void Print(VerbContext context, StoryId story, Workload workload, Schedule schedule, Forecast forecast, string? picture)
    {
        var terminal = context.Terminal;
        if (schedule.Assignments.Count == 0)
        {
            terminal.Line($"Story {story} has nothing left that could be done.");
        }
        else
        {
            GanttText.Print(terminal, schedule, [.. workload.Workers.Select(worker => worker.Id)], workload.Tasks.ToDictionary(task => task.Id));
            terminal.Line();
            terminal.MarkupLine($"[bold]Story {Terminal.Markup(story.Value)}[/] with {Counted.Of(workload.Workers.Count, "agent")}");
            terminal.Line($"  makespan     {Ages.Text(schedule.Makespan)}, {ScheduleText.Times(schedule.Speedup)} times as fast as one agent");
            terminal.Line($"  lower bound  {Ages.Text(schedule.LowerBound.Value)}: {ScheduleText.Because(schedule.LowerBound)}");
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  ratio        {schedule.Ratio:0.00} of the lower bound"));
            terminal.Line($"  idle         {Idle(workload, schedule)}");
            if (workload.Landing > TimeSpan.Zero)
            {
                terminal.Line($"  landing      {Ages.Text(workload.Landing)} a batch (^), of {workload.LandTogether} changes at the most{(workload.LandAhead ? ", two at a time" : "")}");
            }
        }

        terminal.Line(ScheduleText.Ground(forecast));
        ScheduleText.PrintOutside(terminal, forecast);
        if (schedule.NeverStarted.Count > 0)
        {
            terminal.Line($"Never starts: {ScheduleText.Listed(schedule.NeverStarted)}. Why: interlock plan --story {story}");
        }

        if (picture is not null)
        {
            terminal.Line($"Drawn in {picture}");
        }
    }

    private static string Idle(Workload workload, Schedule schedule)
    {
        var whole = schedule.Makespan * workload.Workers.Count;
        var idle = schedule.IdleByCause;
        return idle.Count == 0 || whole == TimeSpan.Zero ? "nobody, ever"
            : string.Join(", ", idle.Select(lost => string.Create(CultureInfo.InvariantCulture, $"{Why(lost.Cause)} {lost.Time / whole * 100:0} %")));
    }

    private static string Why(IdleCause cause) => cause switch
    {
        IdleCause.Dependencies => "waiting for dependencies",
        IdleCause.Files => "waiting for files",
        IdleCause.AgentLimit => "limit of agents",
        IdleCause.ModuleLimit => "limit of a module",
        IdleCause.EpicLimit => "limit of an epic",
        IdleCause.TypeLimit => "limit of a type",
        IdleCause.NothingLeft => "nothing left to start",
        _ => "other",
    };

    private static void WriteJson(StoryId story, Workload workload, Schedule schedule, Forecast forecast, string? picture) => Terminal.WriteJson(writer =>
    {
        writer.WriteString("story_id", story.Value);
        writer.WriteNumber("agents", workload.Workers.Count);
        writer.WriteNumber("makespan", ScheduleText.Seconds(schedule.Makespan));
        ScheduleText.Write(writer, schedule.LowerBound);
        writer.WriteNumber("speedup", Math.Round(schedule.Speedup, 4));
        writer.WriteNumber("landing", ScheduleText.Seconds(workload.Landing));
        writer.WriteStartArray("assignments");
        foreach (var given in schedule.Assignments)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", given.Task.Value);
            writer.WriteString("agent_id", given.Agent.Value);
            writer.WriteNumber("start", ScheduleText.Seconds(given.Start));
            writer.WriteNumber("end", ScheduleText.Seconds(given.End));
            writer.WriteNumber("landed", ScheduleText.Seconds(given.Landed));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("idle");
        foreach (var (cause, time) in schedule.IdleByCause)
        {
            writer.WriteNumber(ScheduleText.Word(cause), ScheduleText.Seconds(time));
        }

        writer.WriteEndObject();
        StatusFile.WriteList(writer, "never_started", schedule.NeverStarted.Select(id => id.Value));
        StatusFile.WriteList(writer, "taken_as_done", forecast.Outside.Select(id => id.Value));
        ScheduleText.WriteEstimates(writer, workload.Tasks, forecast, workload.Limits);
        writer.WriteString("svg", picture);
    });
}
