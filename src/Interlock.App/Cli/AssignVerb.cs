using System.CommandLine;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Spectre.Console;
using Interlock.Domain.Assignment;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Guarding;
using Interlock.Engine.Importers;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

internal static class AssignVerb
{
    public static Command Create(VerbHost host)
    {
        var story = VerbHost.StoryOption();
        story.Required = true;
        var editors = new Option<string>("--editors")
        {
            Description = $"Also tell the editors of windows, in files of this repository: {string.Join(", ", EditorRules.Words)} (takes it out again), with commas",
            HelpName = "EDITORS",
        };
        var explain = new Option<bool>("--explain") { Description = "Say of each task why it went where it did" };
        var command = new Command("assign", "Import the plan, give a story's tasks to the roster and write one prompt an agent") { story, explain, editors };
        var plan = new PlanOptions(command);
        host.Bind(command, context =>
        {
            var id = context.Parse.GetValue(story)!.Value;
            var (report, assignments) = Import(context, plan, id);
            var rules = context.Parse.GetValue(editors) is { } words ? new EditorRules(context.Workspace.Root).Apply(Editors(words)) : [];

            // What keeps the files from being written is told at the end; the story is assigned all the same.
            _ = context.Workspace.TrySync();
            if (context.Terminal.Json)
            {
                WriteJson(report, assignments, rules);
            }
            else
            {
                Print(context, id, report, assignments, context.Parse.GetValue(explain));
                PrintRules(context.Terminal, rules);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Brings the plan into the store and assigns the story. Also the first step of a run.</summary>
    public static (ImportReport Report, IReadOnlyList<Assignment> Assignments) Import(VerbContext context, PlanOptions options, StoryId story, Plan? read = null)
    {
        var workspace = context.Workspace;
        var plan = read ?? options.Read(context);
        if (plan.Problems.All(problem => problem.Code is not ("conflict-marker" or "not-utf8")))
        {
            PlanVerb.RequireStory(plan, story);
        }

        var report = options.Import(context, plan);
        var assignments = PlanImport.Assign(story, workspace.Config, workspace.Protocol);
        Prompts.ShowStory(workspace, story);
        _ = workspace.RenewPrompts();
        return (report, assignments);
    }

    private static void Print(VerbContext context, StoryId story, ImportReport report, IReadOnlyList<Assignment> assignments, bool explain)
    {
        var terminal = context.Terminal;
        PrintReport(terminal, report);
        PrintAssignments(context, story, assignments);
        if (explain)
        {
            PrintReasons(context, assignments);
        }

        terminal.Line($"Wrote {StatusFile.Path} and one prompt an agent in agent_prompts/.");
        terminal.Line("Next, one of:");
        terminal.Line("  by hand      open one editor window an agent and load its file from agent_prompts/");
        terminal.Line($"  automated    interlock run --story {story}");
        terminal.Line($"  look         interlock status --story {story}");
    }

    /// <summary>What was read and what the import changed and proposes.</summary>
    public static void PrintReport(Terminal terminal, ImportReport report)
    {
        var plan = report.Plan;
        terminal.Line($"Read {plan.Source}: {Counted.Of(plan.Tasks.Count, "task")} in {Counted.Of(plan.Stories.Count, "story", "stories")}, {plan.Tasks.Sum(task => task.Dependencies.Count)} of {plan.Tasks.Sum(task => task.DependenciesAsWritten.Count)} dependencies resolved.");
        terminal.Line($"Imported: {report.Added} new, {report.Changed} changed, {report.Gone.Count} no longer in the plan.");
        if (report.LegacyMatched + report.LegacyUnmatched > 0)
        {
            terminal.Line($"Taken over from the earlier {StatusFile.Path}: {Counted.Of(report.LegacyMatched, "entry", "entries")}; without a task: {report.LegacyUnmatched}, which stay in the kept original.");
        }

        PlanVerb.PrintProblems(terminal, plan);
        ProposalText.Print(terminal, report.Proposals);
    }

    private static void PrintAssignments(VerbContext context, StoryId story, IReadOnlyList<Assignment> assignments)
    {
        var terminal = context.Terminal;
        var snapshot = context.Workspace.Snapshot();
        var table = Terminal.Columns("agent", "tasks", "open", "weight", "ids");
        foreach (var agent in context.Workspace.Config.Roster.Agents)
        {
            var mine = assignments.Where(assignment => assignment.Agent == agent.Id).Select(assignment => snapshot.Find(assignment.Task)!).OrderBy(task => task.Order).ToList();
            table.AddRow(
                Terminal.Markup(agent.Id.Value), $"{mine.Count}", $"{mine.Count(task => !task.IsFinished)}",
                $"{mine.Sum(task => task.Complexity.Weight())}", Terminal.Markup(string.Join(" ", mine.Select(task => task.Id.Value))));
        }

        terminal.Line();
        terminal.Line($"Story {story}: {Counted.Of(assignments.Count, "task")} for {Counted.Of(context.Workspace.Config.Roster.Agents.Count, "agent")}");
        terminal.Write(table);
    }

    private static void PrintReasons(VerbContext context, IReadOnlyList<Assignment> assignments)
    {
        var table = Terminal.Columns("task", "agent", "why this type", "why this agent of it");
        foreach (var assignment in assignments)
        {
            table.AddRow(Terminal.Markup(assignment.Task.Value), Terminal.Markup(assignment.Agent.Value), Terminal.Markup(assignment.Reason), Terminal.Markup(assignment.Beside.Length > 0 ? assignment.Beside : "the only one with work"));
        }

        context.Terminal.Write(table);
    }

    public static void WriteReport(Utf8JsonWriter writer, ImportReport report)
    {
        writer.WriteString("source", report.Plan.Source);
        writer.WriteNumber("tasks", report.Plan.Tasks.Count);
        writer.WriteNumber("stories", report.Plan.Stories.Count);
        writer.WriteNumber("dependencies", report.Plan.Tasks.Sum(task => task.Dependencies.Count));
        writer.WriteNumber("added", report.Added);
        writer.WriteNumber("changed", report.Changed);
        StatusFile.WriteList(writer, "gone", report.Gone.Select(id => id.Value));
        ProposalText.Write(writer, report.Proposals);
        PlanVerb.WriteProblems(writer, report.Plan.Problems);
    }

    private static IReadOnlyList<string> Editors(string words)
    {
        var chosen = words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return chosen.Length == 0 || chosen.Any(word => !EditorRules.Words.Contains(word))
            ? throw new BadInputException($"'{words}' names no editors that interlock knows", $"One or more of: {string.Join(", ", EditorRules.Words)}", ExitCodes.Usage)
            : chosen;
    }

    private static void PrintRules(Terminal terminal, IReadOnlyList<RuleChange> rules)
    {
        foreach (var rule in rules)
        {
            terminal.Line($"{rule.Done,-10} {rule.Path}");
        }

        if (rules.Any(rule => rule.Done != "unchanged"))
        {
            terminal.Line("These files are part of the repository: commit them if everybody should have them. To take them out again: --editors none");
        }
    }

    private static void WriteJson(ImportReport report, IReadOnlyList<Assignment> assignments, IReadOnlyList<RuleChange> rules) => Terminal.WriteJson(writer =>
    {
        WriteReport(writer, report);
        writer.WriteStartArray("assignments");
        foreach (var assignment in assignments)
        {
            writer.WriteStartObject();
            writer.WriteString("task_id", assignment.Task.Value);
            writer.WriteString("agent", assignment.Agent.Value);
            writer.WriteString("type", assignment.Type);
            writer.WriteString("reason", assignment.Reason);
            writer.WriteString("beside", assignment.Beside);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("editor_files");
        foreach (var rule in rules)
        {
            writer.WriteStartObject();
            writer.WriteString("path", rule.Path);
            writer.WriteString("done", rule.Done);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
