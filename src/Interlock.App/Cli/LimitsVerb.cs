using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

internal static class LimitsVerb
{
    public static Command Create(VerbHost host)
    {
        var command = new Command("limits", "Show each limit of the configuration and how much of it is taken now");
        host.Bind(command, context =>
        {
            var rows = Rows(context.Workspace.Snapshot(), context.Workspace.Config.Config.Limits.Builds);
            if (context.Terminal.Json)
            {
                WriteJson(rows);
                return ExitCodes.Done;
            }

            var table = Terminal.Columns("limit", "of", "at most", "now", "who");
            foreach (var row in rows)
            {
                var full = row.Most is { } most && row.Holders.Count >= most;
                var now = row.Counted ? row.Holders.Count.ToString(CultureInfo.InvariantCulture) : "";
                table.AddRow(
                    row.Kind, Terminal.Markup(row.Name), row.Most?.ToString(CultureInfo.InvariantCulture) ?? "no limit",
                    full && row.Counted ? $"[yellow]{now}[/]" : now, Terminal.Markup(string.Join(", ", row.Holders)));
            }

            context.Terminal.Write(table);
            context.Terminal.Line("Change them in interlock.json; a run that is at work takes them in at its next tick.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <param name="Counted">False where only the program that runs the commands knows how many there are.</param>
    private sealed record Row(string Kind, string Name, int? Most, IReadOnlyList<string> Holders, bool Counted = true);

    private static List<Row> Rows(Snapshot snapshot, int? builds)
    {
        var limits = snapshot.Limits;
        var running = snapshot.Leases.Where(lease => lease is { Kind: LeaseKind.Task, InReview: false }).ToList();
        var rows = new List<Row> { new("agents", "", limits.Agents, Names(running)) };
        rows.AddRange(Shares(running, "module", lease => lease.Module, limits.PerModule));
        rows.AddRange(Shares(running, "epic", lease => lease.Epic, limits.PerEpic));
        rows.AddRange(limits.PerType.OrderBy(limit => limit.Key, StringComparer.Ordinal).Select(limit => new Row("type", limit.Key, limit.Value, Names(running.Where(lease => lease.AgentType == limit.Key)))));
        rows.AddRange(limits.PerProvider.OrderBy(limit => limit.Key, StringComparer.Ordinal).Select(limit => new Row("provider", limit.Key, limit.Value, Names(running.Where(lease => lease.Provider == limit.Key)))));
        rows.Add(new Row("file", "each", 1, [], Counted: false));
        rows.Add(new Row("builds", "", builds, [], Counted: false));
        rows.Add(new Row("attempts", "of a task", limits.Attempts, [], Counted: false));
        return rows;
    }

    private static IEnumerable<Row> Shares(List<Lease> running, string kind, Func<Lease, string?> share, int most)
    {
        var taken = running.Where(lease => share(lease) is { Length: > 0 }).GroupBy(lease => share(lease)!, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        return taken.Count == 0 ? [new Row(kind, "each", most, [])] : taken.Select(group => new Row(kind, group.Key, most, Names(group)));
    }

    private static List<string> Names(IEnumerable<Lease> leases) => [.. leases.Select(lease => lease.Task is { } task ? $"{lease.Agent} ({task})" : lease.Agent.Value)];

    private static void WriteJson(List<Row> rows) => Terminal.WriteJson(writer =>
    {
        writer.WriteStartArray("limits");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", row.Kind);
            writer.WriteString("name", row.Name);
            if (row.Most is { } most)
            {
                writer.WriteNumber("most", most);
            }
            else
            {
                writer.WriteNull("most");
            }

            if (row.Counted)
            {
                writer.WriteNumber("now", row.Holders.Count);
            }
            else
            {
                writer.WriteNull("now");
            }

            StatusFile.WriteList(writer, "holders", row.Holders);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
