using System.Globalization;
using System.Text;
using Interlock.App.Cli;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.App.Pictures;

/// <summary>Draws a schedule with letters: a row an agent, brackets around each task, dots where nobody works.</summary>
internal static class GanttText
{
    private const int LongestName = 16;
    private const int Narrowest = 30;
    private const int Widest = 160;

    private static readonly string[] Colours = ["blue", "green", "yellow", "magenta", "red", "aqua", "olive", "fuchsia"];

    public static void Print(Terminal terminal, Schedule schedule, IReadOnlyList<AgentId> agents, IReadOnlyDictionary<TaskId, WorkTask> tasks)
    {
        var name = Math.Min(LongestName, agents.Select(agent => agent.Value.Length).DefaultIfEmpty(5).Max());
        var cells = Math.Clamp(terminal.Width - name - 4, Narrowest, Widest);
        var axis = new TimeAxis(schedule.Makespan, cells);
        var modules = tasks.Values.Select(task => task.Module).Distinct().Order(StringComparer.Ordinal).ToList();
        var indent = new string(' ', name + 2);
        terminal.Line(indent + Scale(axis, cells));
        foreach (var agent in agents)
        {
            var row = new StringBuilder($"{Terminal.Markup(Terminal.Cut(agent.Value, name).PadRight(name))}  ");
            var at = 0;
            foreach (var given in schedule.Assignments.Where(given => given.Agent == agent))
            {
                var (from, to) = (Math.Max(at, Cell(axis, given.Start, cells)), Math.Max(Cell(axis, given.End, cells), Cell(axis, given.Start, cells) + 1));
                row.Append('.', Math.Max(0, from - at));
                row.Append(CultureInfo.InvariantCulture, $"[{Colours[modules.IndexOf(tasks[given.Task].Module) % Colours.Length]}]{Terminal.Markup(Bar(given.Task.Value, Math.Max(0, Math.Min(to, cells) - from)))}[/]");
                at = Math.Max(at, Math.Min(to, cells));
            }

            terminal.MarkupLine(row.Append('.', Math.Max(0, cells - at)).ToString());
        }

        if (schedule.Assignments.Any(given => given.Landed > given.End))
        {
            terminal.Line($"{Terminal.Cut("lands", name).PadRight(name)}  {Landings(axis, schedule, cells)}");
        }
    }

    private static int Cell(TimeAxis axis, TimeSpan time, int cells) => Math.Clamp((int)Math.Round(axis.Of(time)), 0, cells);

    // The id where it fits, else its end: in one story that is what tells tasks apart.
    private static string Bar(string id, int width) => width switch
    {
        0 => "",
        1 => "|",
        _ when id.Length <= width - 2 => $"[{id.PadRight(width - 2, '=')}]",
        _ when id[(id.LastIndexOf('.') + 1)..] is { Length: > 0 } tail && tail.Length <= width - 2 => $"[{tail.PadRight(width - 2, '=')}]",
        _ => $"[{new string('=', width - 2)}]",
    };

    private static string Scale(TimeAxis axis, int cells)
    {
        var line = new StringBuilder(new string(' ', cells + 8));
        foreach (var mark in axis.Marks(cells / 9))
        {
            var label = TimeAxis.Label(mark);
            // The last one ends where the terminal does.
            var at = Math.Min(Cell(axis, mark, cells), cells + 2 - label.Length);
            line.Remove(at, label.Length).Insert(at, label);
        }

        return line.ToString().TrimEnd();
    }

    private static string Landings(TimeAxis axis, Schedule schedule, int cells)
    {
        var line = new StringBuilder(new string(' ', cells));
        foreach (var given in schedule.Assignments)
        {
            line[Math.Clamp(Cell(axis, given.Landed, cells), 1, cells) - 1] = '^';
        }

        return line.ToString().TrimEnd();
    }
}
