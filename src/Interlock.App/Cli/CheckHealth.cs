using System.Text.Json;
using Interlock.Domain.Verification;
using Interlock.Engine.Sandbox;

namespace Interlock.App.Cli;

/// <summary>How far the checks can be relied on and what holds them in, for status and report.</summary>
internal static class CheckHealth
{
    /// <summary>One line for each check that was flaky of late; a loud one in red.</summary>
    public static void Print(Terminal terminal, IReadOnlyList<Flakiness> flaky)
    {
        foreach (var check in flaky)
        {
            terminal.MarkupLine(check.IsLoud
                ? $"[red]WARNING: {Terminal.Markup(check.ToString())}: what it says about any work is in doubt, mend it[/]"
                : Terminal.Markup(check.ToString()));
        }
    }

    public static void Print(Terminal terminal, Sandboxes sandboxes)
    {
        if (sandboxes.Warning is { } warning)
        {
            terminal.MarkupLine($"[red]WARNING: {Terminal.Markup(warning)}[/]");
        }
    }

    public static void Write(Utf8JsonWriter writer, string sandbox, IReadOnlyList<Flakiness> flaky)
    {
        writer.WriteString("sandbox", sandbox);
        writer.WriteStartArray("flaky_checks");
        foreach (var check in flaky)
        {
            writer.WriteStartObject();
            writer.WriteString("check", check.Check);
            writer.WriteNumber("flakes", check.Flakes);
            writer.WriteNumber("runs", check.Runs);
            writer.WriteBoolean("warning", check.IsLoud);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
