using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.App.Pictures;

/// <summary>Draws a schedule: a row an agent, a box a task, a tick where it lands.</summary>
internal static class GanttSvg
{
    private const double Width = 1100;
    private const double Left = 130;
    private const double Right = 30;
    private const double Top = 84;
    private const double Row = 30;

    public static string Draw(Schedule schedule, IReadOnlyList<AgentId> agents, IReadOnlyDictionary<TaskId, WorkTask> tasks, string name)
    {
        var modules = tasks.Values.Select(task => task.Module).Distinct().Order(StringComparer.Ordinal).ToList();
        var legend = Math.Min(modules.Count, 8);
        var bottom = Top + (agents.Count * Row);
        var svg = new Svg(Width, bottom + 44 + (18 * ((legend + 3) / 4)));
        var axis = new TimeAxis(schedule.Makespan, Width - Left - Right);
        svg.Text(16, 26, "h", name);
        svg.Text(16, 46, "d", string.Create(
            CultureInfo.InvariantCulture,
            $"{Ages.Text(schedule.Makespan)} in all, {schedule.Speedup:0.0} times one agent; no schedule is shorter than {Ages.Text(schedule.LowerBound.Value)}"));
        foreach (var mark in axis.Marks(10))
        {
            svg.Line(Left + axis.Of(mark), Top - 8, Left + axis.Of(mark), bottom);
            svg.Text(Left + axis.Of(mark), Top - 14, "d", TimeAxis.Label(mark), "middle");
        }

        foreach (var (row, agent) in agents.Index())
        {
            svg.Text(Left - 10, Top + (row * Row) + 19, "t", Svg.Fit(agent.Value, Left - 20), "end");
            svg.Line(Left, Top + ((row + 1) * Row), Width - Right, Top + ((row + 1) * Row));
            foreach (var given in schedule.Assignments.Where(given => given.Agent == agent))
            {
                Task(svg, axis, Top + (row * Row), given, tasks[given.Task], modules);
            }
        }

        foreach (var (place, module) in modules.Take(legend).Index())
        {
            var (x, y) = (Left + (place % 4 * 235.0), bottom + 20 + (place / 4 * 18));
            svg.Box(x, y, 12, 12, LookOf(place), module);
            svg.Text(x + 18, y + 10, "d", Svg.Fit(module, 200));
        }

        return svg.Finish(name);
    }

    private static void Task(Svg svg, TimeAxis axis, double top, Assigned given, WorkTask task, List<string> modules)
    {
        var (from, to) = (axis.Of(given.Start), axis.Of(given.End));
        var landed = given.Landed > given.End ? $", landed after {Ages.Text(given.Landed)}" : "";
        svg.Box(Left + from + 0.5, top + 4, to - from - 1, Row - 8, LookOf(modules.IndexOf(task.Module)),
            $"{task.Id} {task.Title}: {Ages.Text(given.Start)} to {Ages.Text(given.End)}{landed}");
        svg.Text(Left + from + 5, top + 19, "b", Svg.Fit(task.Id.Value, to - from - 6));
        if (given.Landed > given.End)
        {
            svg.Line(Left + axis.Of(given.Landed), top + 6, Left + axis.Of(given.Landed), top + Row - 6);
        }
    }

    internal static string LookOf(int module) => string.Create(CultureInfo.InvariantCulture, $"m{Math.Max(0, module) % 8}");
}
