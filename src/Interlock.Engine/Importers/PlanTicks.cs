using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;

namespace Interlock.Engine.Importers;

/// <summary>How landed work is marked in the plan it came from, which need not be the one the configuration names now.</summary>
public static class PlanTicks
{
    /// <summary>The edits that mark the task as done in the tree that lands: at most one, in the file the task came from.</summary>
    public static IReadOnlyList<FileEdit> For(Workspace workspace, TaskId id)
    {
        if (workspace.Store.Read(reader => reader.FindTask(id)) is not { } task || FormatOf(task) is not { HasMarks: true } format)
        {
            return [];
        }

        var path = PathOf(workspace, task);
        return [new FileEdit(path, bytes => Tick(format, path, bytes, id))];
    }

    /// <summary>Repo-relative files the tasks came from, the configured one included. Task work must not touch them.</summary>
    public static IReadOnlyList<string> Files(Workspace workspace) =>
        [.. workspace.Store.Read(reader => reader.Tasks()).Where(task => task.FromPlan).Select(task => PathOf(workspace, task)).Prepend(workspace.Config.Config.Plan).Distinct()];

    /// <summary>Repo-relative files that are marked when work of the story lands.</summary>
    public static IReadOnlyList<string> MarkedFiles(Workspace workspace, StoryId story) =>
        [.. workspace.Store.Read(reader => reader.Tasks())
            .Where(task => task.Story == story && task.FromPlan && FormatOf(task) is { HasMarks: true })
            .Select(task => PathOf(workspace, task)).Distinct()];

    private static byte[]? Tick(IPlanFormat format, string path, byte[] content, TaskId task) =>
        format.Tick(new PlanInput([new PlanFile(path, content)], path), task, out _)?.Content.ToArray();

    private static IPlanFormat? FormatOf(WorkTask task) => task.PlanFormat is { } name ? PlanFormats.Find(name) : PlanFormats.All[0];

    private static string PathOf(Workspace workspace, WorkTask task) => task.PlanPath ?? workspace.Config.Config.Plan;
}
