using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Running;

/// <summary>How the commits and branches of task work are named.</summary>
public static class Commits
{
    public static string Subject(AgentId agent, TaskId task, string title) => $"[{agent}] [{task}] {OneLine(title)}";

    public static string Message(AgentId agent, WorkTask task, long fence) => string.Create(
        CultureInfo.InvariantCulture, $"{Subject(agent, task.Id, task.Title)}\n\nTask-Id: {task.Id}\nLease-Fence: {fence}\n");

    /// <summary>A commit as people read it: its first ten digits.</summary>
    public static string Brief(string commit) => Protocol.TaskProtocol.Short(commit);

    public static string EmailOf(AgentId agent) => $"{agent}@interlock.localhost";

    public static string BranchOf(TaskId task, long fence) => string.Create(CultureInfo.InvariantCulture, $"agent/{task}/{fence}");

    public static string WorktreeOf(TaskId task, long fence) => string.Create(CultureInfo.InvariantCulture, $"{task}-{fence}");

    /// <summary>The attempt that <see cref="WorktreeOf"/> named; null when it named none.</summary>
    public static (TaskId Task, long Fence)? AttemptIn(string worktree) =>
        worktree.LastIndexOf('-') is > 0 and var dash && long.TryParse(worktree.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
            ? (new TaskId(worktree[..dash]), fence) : null;

    /// <summary>The attempt that <see cref="BranchOf"/> named; null when it named none.</summary>
    public static (TaskId Task, long Fence)? AttemptOn(string branch) =>
        branch.Split('/') is ["agent", var task, var number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
            ? (new TaskId(task), fence) : null;

    // A title is untrusted text: an escape sequence in it would act on whoever reads the log.
    private static string OneLine(string text) => string.Join(
        ' ', string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
