using Interlock.Domain.Graph;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.App.Pictures;

/// <summary>Draws a story's tasks in the order their dependencies allow, left to right, with the critical path in red.</summary>
internal static class PlanSvg
{
    private const double BoxWidth = 168;
    private const double BoxHeight = 38;
    private const double Across = 226;
    private const double Down = 50;
    private const double Left = 20;
    private const double Top = 64;

    public static string Draw(IReadOnlyList<WorkTask> tasks, IReadOnlyList<TaskId> criticalPath, Func<WorkTask, TimeSpan> duration, string name, string below)
    {
        var columns = PlanLevels.Of(tasks);
        var modules = tasks.Select(task => task.Module).Distinct().Order(StringComparer.Ordinal).ToList();
        var rows = columns.Select(column => column.Count).DefaultIfEmpty(0).Max();
        var svg = new Svg(Math.Max(620, Left + (columns.Count * Across)), Top + (rows * Down) + 20);
        svg.Text(Left, 26, "h", name);
        svg.Text(Left, 46, "d", below);
        var places = columns.SelectMany((column, x) => column.Select((task, y) => (task.Id, X: Left + (x * Across), Y: Top + (y * Down) + ((rows - column.Count) * Down / 2))))
            .ToDictionary(place => place.Id, place => (place.X, place.Y));
        var red = criticalPath.Zip(criticalPath.Skip(1)).ToHashSet();
        foreach (var task in tasks)
        {
            foreach (var from in task.Dependencies.Where(places.ContainsKey).Order())
            {
                svg.Arrow(places[from].X + BoxWidth, places[from].Y + (BoxHeight / 2), places[task.Id].X, places[task.Id].Y + (BoxHeight / 2), red.Contains((from, task.Id)) ? "c" : "e");
            }
        }

        foreach (var task in tasks)
        {
            var (x, y) = places[task.Id];
            var done = task.IsFinished ? " (done)" : $" · {Ages.Text(duration(task))}";
            svg.Box(x, y, BoxWidth, BoxHeight, $"{GanttSvg.LookOf(modules.IndexOf(task.Module))}{(criticalPath.Contains(task.Id) ? " k" : "")}", $"{task.Id} {task.Title}\n{string.Join(", ", task.Files)}");
            svg.Text(x + 8, y + 15, "b", Svg.Fit($"{task.Id}{done}", BoxWidth - 12));
            svg.Text(x + 8, y + 30, "b", Svg.Fit(task.Title, BoxWidth - 12));
        }

        return svg.Finish(name);
    }
}

/// <summary>A story's tasks by the earliest step their dependencies allow.</summary>
internal static class PlanLevels
{
    /// <summary>Within a step beside what they wait for, then in the plan's order.</summary>
    public static IReadOnlyList<IReadOnlyList<WorkTask>> Of(IReadOnlyList<WorkTask> tasks)
    {
        var byId = tasks.ToDictionary(task => task.Id);
        var order = TaskGraph.Build(tasks.Select(task => new TaskNode(task.Id, task.Dependencies))).TopologicalOrder;
        var levels = new Dictionary<TaskId, int>();
        foreach (var id in order)
        {
            levels[id] = byId[id].Dependencies.Where(levels.ContainsKey).Select(from => levels[from] + 1).DefaultIfEmpty(0).Max();
        }

        var columns = new List<IReadOnlyList<WorkTask>>();
        var place = new Dictionary<TaskId, double>();
        foreach (var column in tasks.GroupBy(task => levels[task.Id]).OrderBy(group => group.Key))
        {
            List<WorkTask> sorted = [.. column.OrderBy(task => task.Dependencies.Where(place.ContainsKey).Select(from => place[from]).DefaultIfEmpty(task.Order).Average()).ThenBy(task => task.Order).ThenBy(task => task.Id)];
            foreach (var (row, task) in sorted.Index())
            {
                place[task.Id] = row - (sorted.Count / 2.0);
            }

            columns.Add(sorted);
        }

        return columns;
    }
}
