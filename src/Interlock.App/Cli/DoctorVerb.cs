using System.CommandLine;
using System.Text.Json;
using Interlock.Domain.Health;
using Interlock.Domain.Leasing;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Health;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

internal static class DoctorVerb
{
    public static Command Create(VerbHost host)
    {
        var fix = new Option<bool>("--fix") { Description = "Repair what can be repaired without losing anything" };
        var rebuild = new Option<bool>("--rebuild") { Description = "Make the state anew after it was deleted or damaged: from the newest backup, from git and from the status file" };
        var command = new Command("doctor", "Check every promise: state, git, worktrees, files, sandbox; exit code 0 when nothing has to be done, 1 when something has, 3 when the state cannot be used") { fix, rebuild };
        command.Subcommands.Add(DoctorSandbox.Create(host));
        var plan = new PlanOptions(command);
        host.BindClosed(command, async (parse, terminal, folder, cancellation) =>
        {
            if (parse.GetValue(rebuild))
            {
                var report = await Rebuild.RunAsync(folder, host.Time, plan.Typed(parse, folder), cancellation);
                Tell(terminal, report);
                return ExitCodes.Done;
            }

            Workspace workspace;
            try
            {
                workspace = Workspace.Open(folder, host.Time);
            }
            catch (StoreException error)
            {
                Give(terminal, new HealthReport([new Diagnosis(FindingKinds.StoreUnusable.At($"{error.Message}. {error.Hint}"))], [], "none"));
                return ExitCodes.Environment;
            }

            using (workspace)
            {
                var report = await Doctor.ExamineAsync(workspace, parse.GetValue(fix), cancellation);
                Give(terminal, report);
                return report.Healthy ? ExitCodes.Done : ExitCodes.Refused;
            }
        });
        return command;
    }

    private static void Give(Terminal terminal, HealthReport report)
    {
        if (terminal.Json)
        {
            Terminal.WriteJson(writer => Write(writer, report));
        }
        else
        {
            Print(terminal, report);
        }
    }

    private static void Tell(Terminal terminal, RebuildReport report)
    {
        if (terminal.Json)
        {
            Terminal.WriteJson(writer =>
            {
                writer.WriteString("source", report.Source);
                writer.WriteNumber("tasks", report.Tasks);
                writer.WriteNumber("landed", report.Landed);
                writer.WriteNumber("with_earlier_work", report.Kept);
                writer.WriteNumber("stopped", report.Stopped);
                writer.WriteNumber("fences_above", report.Fence);
            });
            return;
        }

        terminal.Line($"The state is rebuilt from {report.Source}: {Counted.Of(report.Tasks, "task")}, {report.Landed} landed, {report.Kept} with earlier work.");
        if (report.Stopped > 0)
        {
            terminal.Line($"{Counted.Of(report.Stopped, "process")} of agents that a killed run had left stopped; what they had written is kept.");
        }

        terminal.Line("Tokens of before open nothing any more; windows claim their tasks again. See: interlock status, interlock doctor");
    }

    private static void Print(Terminal terminal, HealthReport report)
    {
        foreach (var (finding, done) in report.Diagnoses.Select(diagnosis => (diagnosis.Finding, diagnosis.Fixed)))
        {
            var colour = finding.Kind.Severity switch { FindingSeverity.Error => "red", FindingSeverity.Warning => "yellow", _ => "grey" };
            terminal.MarkupLine($"[{colour}]{Word(finding.Kind.Severity),-8}[/]{Terminal.Markup(finding.Kind.Code)}: {Terminal.Markup(finding.What)}");
            if (done is not null)
            {
                terminal.Line($"  fixed   {done}");
            }
            else
            {
                terminal.Line($"  why     {finding.Kind.Why}");
                terminal.Line($"  do      {finding.Kind.Remedy}");
            }
        }

        var open = report.Diagnoses.Where(diagnosis => diagnosis.Fixed is null).GroupBy(diagnosis => diagnosis.Finding.Kind.Severity).OrderByDescending(group => group.Key)
            .Select(group => Counted.Of(group.Count(), Word(group.Key))).ToList();
        terminal.Line(report.Healthy
            ? $"Healthy{(open.Count == 0 ? "" : $", {string.Join(", ", open)}")}. {string.Join(", ", report.Versions.Select(entry => $"{entry.Name} {entry.Version}"))}; sandbox {report.Sandbox}"
            : $"Not healthy: {string.Join(", ", open)}");
    }

    private static void Write(Utf8JsonWriter writer, HealthReport report)
    {
        writer.WriteBoolean("healthy", report.Healthy);
        writer.WriteStartArray("findings");
        foreach (var diagnosis in report.Diagnoses)
        {
            writer.WriteStartObject();
            writer.WriteString("code", diagnosis.Finding.Kind.Code);
            writer.WriteString("severity", Word(diagnosis.Finding.Kind.Severity));
            writer.WriteString("what", diagnosis.Finding.What);
            writer.WriteString("why", diagnosis.Finding.Kind.Why);
            writer.WriteString("remedy", diagnosis.Finding.Kind.Remedy);
            writer.WriteBoolean("repairable", diagnosis.Repair is not null);
            writer.WriteString("fixed", diagnosis.Fixed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("versions");
        foreach (var (name, version) in report.Versions)
        {
            writer.WriteString(name, version);
        }

        writer.WriteEndObject();
        writer.WriteString("sandbox", report.Sandbox);
    }

    private static string Word(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "note",
    };
}
