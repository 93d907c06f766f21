using System.CommandLine;
using System.Text.Json;
using Interlock.Engine.Agents;
using Interlock.Engine.Agents.Adapters;
using Interlock.Engine.Configuration;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;
using Spectre.Console;

namespace Interlock.App.Cli;

internal static class AgentsVerb
{
    public static Command Create(VerbHost host)
    {
        var test = new Option<bool>("--test") { Description = "Have each that is installed answer a question, which costs a few tokens" };
        var command = new Command("agents", "List the agent CLIs: what is installed, whether it works, what it can do, what is missing") { test };
        host.Bind(command, async (context, cancellation) =>
        {
            var config = context.Workspace.Config.Config;
            var tried = context.Parse.GetValue(test);
            if (tried && (config.Agents.Count > 0 || config.Agent is not null))
            {
                // Entries name commands and arguments of their own.
                RunSettings.RequireTrust(context.Workspace);
            }

            var findings = await Task.WhenAll(Presets(config).Select(preset => AgentProbe.LookAsync(preset, tried, host.Time, cancellation)));
            if (context.Terminal.Json)
            {
                WriteJson(findings);
            }
            else
            {
                Print(context.Terminal, findings, tried);
            }

            return findings.Any(finding => finding is { Installed: true, Works: false }) ? ExitCodes.Refused : ExitCodes.Done;
        });
        return command;
    }

    // Every adapter, then what the configuration calls by a name of its own.
    private static IEnumerable<AgentPreset> Presets(InterlockConfig config) => AdapterRegistry.All
        .Select(adapter => AgentPresets.Named(config, adapter.Profile.Name) ?? AgentPresets.Bare(adapter))
        .Concat(config.Agents.Keys.Where(name => AdapterRegistry.Find(name) is null).Order(StringComparer.Ordinal).Select(name => AgentPresets.Named(config, name)!));

    private static void Print(Terminal terminal, IReadOnlyList<AgentFinding> findings, bool tested)
    {
        var table = Terminal.Columns("agent", "state", "version", "can", "program");
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        foreach (var finding in findings)
        {
            table.AddRow(Terminal.Markup(finding.Preset.Name), State(finding), Terminal.Markup(finding.Version ?? "-"), Terminal.Markup(string.Join(", ", Abilities(finding.Preset.Profile))), Terminal.Markup(finding.Program ?? "-"));
        }

        terminal.Write(table);
        foreach (var finding in findings.Where(finding => finding.Works == false))
        {
            terminal.Line($"{finding.Preset.Name}: {finding.Problem}");
            terminal.Line($"  {finding.Remedy}");
        }

        foreach (var finding in findings.Where(finding => !finding.Installed))
        {
            terminal.Line($"To have {finding.Preset.Name}: {finding.Remedy}");
        }

        if (!tested && findings.Any(finding => finding.Program is not null))
        {
            terminal.Line();
            terminal.Line("Whether they are logged in and answer: interlock agents --test");
        }
    }

    private static string State(AgentFinding finding) => finding switch
    {
        { Works: true } => "[green]works[/]",
        { Works: false } => "[red]fails[/]",
        { Problem: { } problem } => $"[grey]{Markup.Escape(Terminal.Safe(problem))}[/]",
        { Program: null } => "configured",
        _ => "[green]installed[/]",
    };

    private static IEnumerable<string> Abilities(AdapterProfile profile)
    {
        (string Name, bool Has)[] all =
        [
            ("hooks", profile.Hooks), ("mcp", profile.Mcp), ("resume", profile.Resume), ("usage", profile.Usage), ("cost", profile.Cost), ("sandbox", profile.Sandbox),
        ];
        return all.Where(ability => ability.Has).Select(ability => ability.Name).DefaultIfEmpty("-");
    }

    private static void WriteJson(IReadOnlyList<AgentFinding> findings) => Terminal.WriteJson(writer =>
    {
        writer.WriteStartArray("agents");
        foreach (var finding in findings)
        {
            var profile = finding.Preset.Profile;
            writer.WriteStartObject();
            writer.WriteString("name", finding.Preset.Name);
            writer.WriteString("adapter", profile.Name);
            writer.WriteString("provider", profile.Provider);
            writer.WriteBoolean("installed", finding.Installed);
            writer.WriteString("program", finding.Program);
            writer.WriteString("version", finding.Version);
            writer.WritePropertyName("works");
            WriteMaybe(writer, finding.Works);
            writer.WriteString("problem", finding.Problem);
            writer.WriteString("remedy", finding.Remedy);
            StatusFile.WriteList(writer, "can", Abilities(profile).Where(ability => ability != "-"));
            StatusFile.WriteList(writer, "variables", profile.Variables);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void WriteMaybe(Utf8JsonWriter writer, bool? value)
    {
        if (value is { } known)
        {
            writer.WriteBooleanValue(known);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
