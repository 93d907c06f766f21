using System.CommandLine;
using Interlock.Domain.Leasing;
using Spectre.Console;
using Interlock.App.Pictures;
using System.Text.Json;
using Interlock.Domain.Graph;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

internal static class PlanVerb
{
    public static Command Create(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        var svg = SvgFile.NewOption("the tasks of --story and their order");
        var command = new Command("plan", "Read the plan and show its stories, tasks and problems, of one story also how long it takes; changes nothing unless a model is asked for one") { story, svg };
        var options = new PlanOptions(command);
        var with = new PlanWith(command);
        host.Bind(command, async (context, cancellation) =>
        {
            if (with.IsAsked(context))
            {
                return await with.RunAsync(context, options.Named(context), cancellation);
            }

            if (context.Parse.GetValue(svg) is not null && context.Parse.GetValue(story) is null)
            {
                throw new BadInputException("--svg draws one story", "Name it with --story", ExitCodes.Usage);
            }

            var plan = options.Read(context);
            var proposals = PlanImport.Proposals(plan, context.Workspace.Config, context.Protocol);
            if (context.Parse.GetValue(story) is not { } id)
            {
                return Show(context, plan, proposals, null, null);
            }

            RequireStory(plan, id);
            var forecast = await PlanForecast.OfAsync(context, plan, id, cancellation);
            var title = plan.Stories.First(item => item.Id == id).Title;
            var picture = SvgFile.Save(context, svg, () => forecast.Draw(title));
            var one = plan with { Stories = [.. plan.Stories.Where(item => item.Id == id)], Tasks = [.. plan.Tasks.Where(task => task.Story == id)] };
            return Show(context, one, proposals, forecast, picture);
        });
        return command;
    }

    private static int Show(VerbContext context, Plan plan, IReadOnlyList<PlanProposal> proposals, PlanForecast? forecast, string? picture)
    {
        if (context.Terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                Write(writer, plan);
                ProposalText.Write(writer, proposals);
                forecast?.Write(writer);
                if (picture is not null)
                {
                    writer.WriteString("svg", picture);
                }
            });
        }
        else
        {
            Print(context.Terminal, plan);
            ProposalText.Print(context.Terminal, proposals);
            forecast?.Print(context.Terminal);
            if (picture is not null)
            {
                context.Terminal.Line($"Drawn in {picture}");
            }
        }

        return plan.Problems.Any(problem => problem.Severity == ProblemSeverity.Error) ? ExitCodes.Refused : ExitCodes.Done;
    }

    /// <exception cref="BadInputException">The plan has no such story; the message lists those it has.</exception>
    public static void RequireStory(Plan plan, StoryId story)
    {
        if (plan.Stories.Any(known => known.Id == story))
        {
            return;
        }

        var known = plan.Stories.Count == 0 ? "It has no stories at all" : $"It has: {string.Join(", ", plan.Stories.Select(item => item.Id).Distinct())}";
        throw new BadInputException($"{plan.Source} has no story {story}", $"{known}. Another plan is named with --from");
    }

    /// <summary>The problems worth a person's time, with their lines and remedies.</summary>
    public static void PrintProblems(Terminal terminal, Plan plan)
    {
        foreach (var problem in plan.Problems.Where(problem => problem.Severity != ProblemSeverity.Info))
        {
            var colour = problem.Severity == ProblemSeverity.Error ? "red" : "yellow";
            terminal.MarkupLine($"[{colour}]{problem.Severity.ToString().ToLowerInvariant()}[/] {Terminal.Markup(problem.Path ?? plan.Source)}:{problem.Line}: {Terminal.Markup(problem.Message)} ({problem.Code})");
            terminal.MarkupLine($"  {Terminal.Markup(problem.Hint)}");
        }
    }

    public static void WriteProblems(Utf8JsonWriter writer, IReadOnlyList<PlanProblem> problems)
    {
        writer.WriteStartArray("problems");
        foreach (var problem in problems)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", problem.Severity.ToString().ToLowerInvariant());
            writer.WriteString("code", problem.Code);
            writer.WriteNumber("line", problem.Line);
            writer.WriteString("message", problem.Path is null ? problem.Message : $"{problem.Path}: {problem.Message}");
            writer.WriteString("hint", problem.Hint);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void Print(Terminal terminal, Plan plan)
    {
        var table = Terminal.Columns("story", "title", "tasks", "done", "width", "longest path");
        foreach (var story in plan.Stories.DistinctBy(story => story.Id))
        {
            var tasks = plan.Tasks.Where(task => task.Story == story.Id).ToList();
            var graph = TaskGraph.Build(tasks.Select(task => new TaskNode(task.Id, [.. task.AllDependencies])));
            var path = graph.CriticalPath(_ => 1);
            table.AddRow(
                Terminal.Markup(story.Id.Value), Terminal.Markup(story.Title), $"{tasks.Count}",
                $"{tasks.Count(task => task.Status == PlanStatus.Done)}", $"{graph.Width}", $"{path.Tasks.Count}");
        }

        terminal.Write(table);
        terminal.Line($"{Counted.Of(plan.Tasks.Count, "task")} in {Counted.Of(plan.Stories.Count, "story", "stories")}, {Counted.Of(plan.Tasks.Sum(task => task.Dependencies.Count), "dependency", "dependencies")} resolved of {plan.Tasks.Sum(task => task.DependenciesAsWritten.Count)} written.");
        PrintOrder(terminal, plan);
        terminal.Line($"{Counted.Of(plan.Counts.Checkboxes, "checkbox")}: {Counted.Of(plan.Counts.Tasks, "task")}, {Counted.Of(plan.Counts.Criteria, "criterion", "criteria")}, {plan.Counts.Excluded} excluded.");
        PrintProblems(terminal, plan);
        foreach (var note in plan.Tasks.Count > 0 ? [] : plan.Problems.Where(problem => problem.Code is "no-tasks" or "no-stories"))
        {
            terminal.Line($"{note.Message}");
            terminal.Line($"  {note.Hint}");
        }
    }

    /// <summary>Says which orders nobody wrote down task by task, and what relaxing all of them would give.</summary>
    private static void PrintOrder(Terminal terminal, Plan plan)
    {
        var kinds = plan.Tasks.SelectMany(task => task.Implicit).CountBy(dependency => dependency.Kind.Word()).OrderBy(kind => kind.Key).ToList();
        if (kinds.Count == 0)
        {
            return;
        }

        var free = TaskGraph.Build(plan.Tasks.Select(task => new TaskNode(task.Id, task.Dependencies))).Width;
        terminal.Line($"Implied order: {string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"))}. Without it up to {Counted.Of(free, "task")} could be worked on at once: --relax {string.Join(",", kinds.Select(kind => kind.Key))}");
    }

    public static void Write(Utf8JsonWriter writer, Plan plan)
    {
        writer.WriteString("format", plan.Format);
        writer.WriteString("source", plan.Source);
        writer.WriteStartArray("stories");
        foreach (var story in plan.Stories)
        {
            writer.WriteStartObject();
            writer.WriteString("id", story.Id.Value);
            writer.WriteString("title", story.Title);
            writer.WriteString("epic", story.Epic);
            writer.WriteNumber("priority", story.Priority);
            writer.WriteNumber("line", story.Line);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("tasks");
        foreach (var task in plan.Tasks)
        {
            Write(writer, task);
        }

        writer.WriteEndArray();
        WriteProblems(writer, plan.Problems);
        writer.WriteStartObject("counts");
        writer.WriteNumber("checkboxes", plan.Counts.Checkboxes);
        writer.WriteNumber("tasks", plan.Counts.Tasks);
        writer.WriteNumber("criteria", plan.Counts.Criteria);
        writer.WriteNumber("excluded", plan.Counts.Excluded);
        writer.WriteEndObject();
    }

    private static string Word(PlanStatus status) => status switch
    {
        PlanStatus.Pending or PlanStatus.Unknown => StatusWords.Pending,
        PlanStatus.InProgress => StatusWords.InProgress,
        PlanStatus.Done => StatusWords.Completed,
        PlanStatus.Cancelled => StatusWords.Cancelled,
        PlanStatus.Blocked => StatusWords.Blocked,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void Write(Utf8JsonWriter writer, PlanTask task)
    {
        writer.WriteStartObject();
        writer.WriteString("id", task.Id.Value);
        writer.WriteString("source_id", task.SourceId);
        writer.WriteString("story_id", task.Story.Value);
        writer.WriteString("group", task.Group);
        writer.WriteString("title", task.Title);
        writer.WriteString("status", Word(task.Status));
        StatusFile.WriteList(writer, "dependencies", task.Dependencies.Select(id => id.Value));
        StatusFile.WriteList(writer, "dependencies_as_written", task.DependenciesAsWritten);
        writer.WriteStartArray("implicit_dependencies");
        foreach (var dependency in task.Implicit)
        {
            writer.WriteStartObject();
            writer.WriteString("on", dependency.On.Value);
            writer.WriteString("kind", dependency.Kind.Word());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        StatusFile.WriteList(writer, "files", task.Files);
        writer.WriteString("complexity", StatusFile.ComplexityWord(task.Complexity));
        writer.WriteString("agent", task.Agent?.Value);
        writer.WriteNumber("line", task.Line);
        writer.WriteEndObject();
    }
}
