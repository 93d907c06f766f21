using System.CommandLine;
using Interlock.Engine.Sandbox;

namespace Interlock.App.Cli;

/// <summary><c>doctor sandbox</c>: tries to break out of the sandbox that agents get, on a repository made for it.</summary>
internal static class DoctorSandbox
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("sandbox", "Try to break out of the sandbox that agents get; exit code 0 when every attempt was held, 3 when there is no sandbox here");
        host.BindClosed(command, async (_, terminal, _, cancellation) =>
        {
            var report = await EscapeBattery.RunAsync(host.Time, cancellation);
            if (terminal.Json)
            {
                WriteJson(report);
            }
            else
            {
                Print(terminal, report);
            }

            return report.Why is not null ? ExitCodes.Environment : report.Held ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }

    private static void Print(Terminal terminal, EscapeReport report)
    {
        if (report.Why is { } why)
        {
            terminal.MarkupLine($"[red]There is no sandbox here: {Terminal.Markup(why)}[/]");
            terminal.Line("  Agents of a run can reach everything you can. What they must not change is refused when they hand in.");
            return;
        }

        foreach (var (attempt, escaped) in report.Verdicts)
        {
            terminal.MarkupLine(escaped is null ? $"[green]held[/]     {Terminal.Markup(attempt)}" : $"[red]ESCAPED[/]  {Terminal.Markup(attempt)}: {Terminal.Markup(escaped)}");
        }

        terminal.MarkupLine(report.Works ? "[green]works[/]    an agent's own work: edit, commit, temporary files" : "[red]BROKEN[/]   an agent's own work: edit, commit, temporary files");
        terminal.Line();
        var held = report.Verdicts.Count(verdict => verdict.Escaped is null);
        terminal.Line(FormattableString.Invariant($"{held} of {report.Verdicts.Count} attempts held by {report.Level}, in {report.Took.TotalSeconds:0.0} s."));
    }

    private static void WriteJson(EscapeReport report) => Terminal.WriteJson(writer =>
    {
        writer.WriteString("sandbox", report.Level);
        writer.WriteBoolean("held", report.Held);
        writer.WriteString("why_none", report.Why);
        writer.WriteBoolean("own_work", report.Works);
        writer.WriteNumber("seconds", Math.Round(report.Took.TotalSeconds, 3));
        writer.WriteStartArray("attempts");
        foreach (var (attempt, escaped) in report.Verdicts)
        {
            writer.WriteStartObject();
            writer.WriteString("attempt", attempt);
            writer.WriteBoolean("held", escaped is null);
            writer.WriteString("escaped", escaped);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
