using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Merging;

namespace Interlock.Engine.Importers;

/// <summary>How landed work is marked in the plan it came from, which need not be the one the configuration names now.</summary>
public static class PlanTicks
{
    /// <summary>The edits that mark the task as done in the tree that lands: at most one, in the file the task came from. With the last part of a task that task is marked too.</summary>
    public static IReadOnlyList<FileEdit> For(Workspace workspace, TaskId id) => Edit(workspace, id, (format, input) => WithWholes(format, input, id, format.Tick(input, id, out _)));

    /// <summary>The edits that take the mark of an undone task back: at most one. None where the format's mark is a word, which a person sets.</summary>
    public static IReadOnlyList<FileEdit> TakeBack(Workspace workspace, TaskId id) => Edit(workspace, id, (format, input) => PlanMarks.Untick(format, input, id));

    // A task that its parts do is ticked with the last of them: it has no commit of its own.
    private static PlanFile? WithWholes(IPlanFormat format, PlanInput input, TaskId part, PlanFile? ticked)
    {
        while (ticked is not null)
        {
            var after = input with { Files = [ticked] };
            var tasks = format.Parse(after, new PlanReading()).Tasks;
            var finished = tasks.Where(task => task.Status is PlanStatus.Done or PlanStatus.Cancelled).Select(task => task.Id).ToHashSet();
            if (tasks.FirstOrDefault(task => task.Parts.Contains(part)) is not { } whole || !whole.Parts.All(finished.Contains)
                || format.Tick(after, whole.Id, out _) is not { } next)
            {
                break;
            }

            (part, ticked) = (whole.Id, next);
        }

        return ticked;
    }

    private static IReadOnlyList<FileEdit> Edit(Workspace workspace, TaskId id, Func<IPlanFormat, PlanInput, PlanFile?> change)
    {
        if (workspace.Store.Read(reader => reader.FindTask(id)) is not { } task || FormatOf(task) is not { HasMarks: true } format)
        {
            return [];
        }

        var path = PathOf(workspace, task);
        return [new FileEdit(path, bytes => change(format, new PlanInput([new PlanFile(path, bytes)], path))?.Content.ToArray())];
    }

    /// <summary>Repo-relative files the tasks came from, the configured one included. Task work must not touch them.</summary>
    public static IReadOnlyList<string> Files(Workspace workspace) =>
        [.. workspace.Store.Read(reader => reader.Tasks()).Where(task => task.FromPlan).Select(task => PathOf(workspace, task)).Prepend(workspace.Config.Config.Plan).Distinct()];

    /// <summary>Repo-relative files that are marked when work of the story lands.</summary>
    public static IReadOnlyList<string> MarkedFiles(Workspace workspace, StoryId story) =>
        [.. workspace.Store.Read(reader => reader.Tasks())
            .Where(task => task.Story == story && task.FromPlan && FormatOf(task) is { HasMarks: true })
            .Select(task => PathOf(workspace, task)).Distinct()];

    private static IPlanFormat? FormatOf(WorkTask task) => task.PlanFormat is { } name ? PlanFormats.Find(name) : PlanFormats.All[0];

    private static string PathOf(Workspace workspace, WorkTask task) => task.PlanPath ?? workspace.Config.Config.Plan;
}
