using System.Globalization;
using System.Text;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Projections;

/// <summary>Renders <c>agent_tasks/blocked_tasks.md</c>: what needs a person, and why.</summary>
internal static class BlockedTasks
{
    public const string Path = "agent_tasks/blocked_tasks.md";

    public static byte[] Render(IReadOnlyList<WorkTask> tasks)
    {
        var stuck = tasks.Where(task => task.State == TaskState.Dead || (task.HeldBecause is not null && task.IsOpen)).ToList();
        var text = new StringBuilder("# Tasks that need a person\n\n");
        if (stuck.Count == 0)
        {
            text.Append("None.\n");
        }

        foreach (var task in stuck)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {task.Id} {OneLine(task.Title)}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"- Why: {OneLine(task.HeldBecause ?? task.LastError ?? "no reason was given")}\n");
            if (task.LastLog is { } log)
            {
                text.Append(CultureInfo.InvariantCulture, $"- Log: `{log}`\n");
            }

            if (task.PriorCommit is { } work)
            {
                text.Append(CultureInfo.InvariantCulture, $"- Its last work: commit `{work}`\n");
            }

            var waiting = tasks.Count(other => other.Dependencies.Contains(task.Id) && !other.IsFinished);
            if (waiting > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"- Tasks that wait for it: {waiting}\n");
            }

            text.Append(task.HeldBecause is not null
                ? "- When the plan is mended: `interlock assign`\n\n"
                : task.AwaitsApproval is { Count: > 0 }
                ? string.Create(CultureInfo.InvariantCulture, $"- To let it land as it is: `interlock approve {task.Id}`; to have it done anew: `interlock retry {task.Id}`\n\n")
                : string.Create(CultureInfo.InvariantCulture, $"- When it is settled: `interlock retry {task.Id}`\n\n"));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
