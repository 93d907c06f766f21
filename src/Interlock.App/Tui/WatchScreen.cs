using Interlock.App.Cli;
using Interlock.Domain.Leasing;
using Interlock.Engine.Desks;
using Interlock.Engine.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Interlock.App.Tui;

/// <summary>What <c>watch</c> draws of one reading.</summary>
internal static class WatchScreen
{
    private const int Padding = 16;

    public static IRenderable Draw(AgentRoll roll, int width, bool live)
    {
        var rows = new List<IRenderable>
        {
            new Markup($"[bold]{Counted.Of(roll.Agents.Count(agent => agent.Lease is { InReview: false }), "agent")} at work[/], {(roll.RunActive ? "an automated run is active" : "no automated run is active")}"),
            TableOf(roll, width),
        };
        foreach (var sight in roll.Agents.Select(agent => agent.Sight).OfType<AgentSight>())
        {
            rows.Add(new Markup($"[{SightText.Colour(sight.Health)}]{Terminal.Markup(sight.Agent)}[/]: {Terminal.Markup(Terminal.Cut($"{SightText.Because(sight)}. {string.Join("; ", sight.Evidence)}", Math.Max(20, width - sight.Agent.Length - 2)))}"));
        }

        if (roll.Queue.Count > 0)
        {
            rows.Add(new Markup($"Queue: {Terminal.Markup(Terminal.Cut(string.Join(", ", roll.Queue.Select(entry => $"{entry.Task} ({entry.State})")), width - 8))}"));
        }

        foreach (var question in roll.Overdue.Take(5))
        {
            rows.Add(new Markup($"[red]Overdue[/]: {Terminal.Markup(Terminal.Cut(Question(question.From.Value, question.To, question.Subject), width - 10))}"));
        }

        if (live)
        {
            rows.Add(new Markup("[grey]q quits[/]"));
        }

        return new Rows(rows);
    }

    public static string Question(string from, IReadOnlyList<string> to, string subject) =>
        $"{string.Join(", ", to)} has not answered {from}{(subject.Length == 0 ? "" : $": {subject}")}";

    /// <summary>What is the same in two readings need not be told again.</summary>
    public static string Line(AgentEntry agent) =>
        $"{agent.Agent,-14} {StateOf(agent),-9} {(agent.Task is { } task ? $"{task.Id} {Terminal.Cut(task.Title, 60)}" : "-")}{(agent.Waiting == 0 ? "" : $"  ({Counted.Of(agent.Waiting, "message")} waiting)")}";

    private static Table TableOf(AgentRoll roll, int width)
    {
        var rows = roll.Agents.Select(agent => (Agent: agent, Seen: Seen(agent, roll.At), Mail: agent.Waiting == 0 ? "" : agent.Waiting.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToList();
        var taken = Longest("agent", rows.Select(row => row.Agent.Agent.Value)) + Longest("state", rows.Select(row => StateOf(row.Agent)))
            + Longest("seen", rows.Select(row => row.Seen)) + Longest("mail", rows.Select(row => row.Mail)) + Padding;
        var left = Math.Max(10, width - taken);
        var table = Terminal.Columns("agent", "state", "task", "seen", "mail");
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        foreach (var (agent, seen, mail) in rows)
        {
            table.AddRow(
                Terminal.Markup(agent.Agent.Value),
                $"[{(agent.Sight is { } sight ? SightText.Colour(sight.Health) : Colour(agent.State))}]{StateOf(agent)}[/]",
                Terminal.Markup(Terminal.Cut(agent.Task is { } task ? $"{task.Id} {task.Title}" : "-", left)),
                Terminal.Markup(seen),
                mail.Length == 0 ? "" : $"[yellow]{mail}[/]");
        }

        return table;
    }

    // Of an agent that is watched, how it is says more than that it is at work.
    private static string StateOf(AgentEntry agent) => agent.Sight?.Health ?? agent.State;

    private static int Longest(string heading, IEnumerable<string> texts) => texts.Append(heading).Max(text => text.Length);

    private static string Seen(AgentEntry agent, DateTimeOffset now) => agent.Seen is { } at ? $"{Age(now - at)} ago, {Terminal.Cut(agent.How, 12)}" : "never";

    // Whole seconds: a tenth would be old before it is drawn.
    private static string Age(TimeSpan age) => age < TimeSpan.FromSeconds(10) ? $"{Math.Max(0, (int)age.TotalSeconds)} s" : Ages.Text(age);

    private static string Colour(string state) => state switch
    {
        "working" => "blue",
        "in review" => "aqua",
        "suspect" => "red",
        "idle" => "default",
        _ => "grey",
    };
}
