using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine;
using Interlock.Engine.Protocol;

namespace Interlock.App.Mcp;

/// <summary>How tasks and leases are told to a model.</summary>
internal static class Tasks
{
    public static string Finish(TaskId task) => $"When it works, commit with [{task}] in the subject and call complete_task; if it cannot be done, fail_task or block_task";

    public static string FilesOf(Lease lease) => lease.Files.Count == 0
        ? "Its files are not known: lease each with extend_files before you touch it."
        : $"Your files: {string.Join(", ", lease.Files)}.";

    public static string FilesOf(WorkTask task) => task.Files.Count == 0 ? "Its files are not known." : $"Its files: {string.Join(", ", task.Files)}.";

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture);

    public static string Line(Snapshot snapshot, WorkTask task)
    {
        var agent = (snapshot.LeaseOf(task.Id)?.Agent ?? task.AssignedAgent)?.Value;
        var open = task.IsOpen ? snapshot.OpenDependencies(task) : [];
        return $"{task.Id} {StatusWords.Of(task.State)}{(agent is null ? "" : $" ({agent})")}: {task.Title}"
            + (open.Count == 0 ? "" : $"; waits for {string.Join(", ", open.Select(other => other.Id))}");
    }

    public static ToolAnswer HandedIn(Workspace workspace, Reply reply) => ToolAnswer.Of(workspace, reply, done => !done.Task!.IsFinished
        ? ($"Noted that you are finished with task {done.Task.Id}. Whether it is done, the run decides from your worktree.", "End your session now")
        : (done.Task.Commit is { } commit
            ? $"Task {done.Task.Id} is completed with commit {TaskProtocol.Short(commit)}{(workspace.Config.Config.Checks is null ? "; no checks are configured, so nothing was verified" : "")}."
            : $"Task {done.Task.Id} is completed without code.", "Call next_task"));
}
