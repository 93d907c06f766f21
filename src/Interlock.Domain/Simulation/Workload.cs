using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Simulation;

/// <summary>
/// What a simulation plays: tasks, who works on them, and how long everything takes. Finished tasks count as done;
/// every other task starts open, whatever it is doing now.
/// </summary>
public sealed record Workload
{
    /// <summary>Tasks with their dependencies, files, module, epic and agent; each id once.</summary>
    public required IReadOnlyList<WorkTask> Tasks { get; init; }

    /// <summary>The agents, in roster order.</summary>
    public required IReadOnlyList<Worker> Workers { get; init; }

    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>How long a task keeps its agent, without <see cref="Overhead"/>.</summary>
    public Func<WorkTask, TimeSpan> Duration { get; init; } = Effort.Prior;

    /// <summary>What each task costs its agent on top, such as making a worktree.</summary>
    public TimeSpan Overhead { get; init; }

    /// <summary>
    /// From the moment a batch is taken in hand to being on the branch. Work that is handed in meanwhile belongs to the next
    /// batch; its agent is free, its files are not, and what depends on it waits.
    /// </summary>
    public TimeSpan Landing { get; init; }

    /// <summary>The most changes in one batch; how many it may be at a time is for <see cref="MergeWindow"/> to say, as in a run.</summary>
    public int LandTogether { get; init; } = MergeWindow.DefaultMost;

    /// <summary>Whether the next batch is verified beside the present one.</summary>
    public bool LandAhead { get; init; } = true;

    /// <summary>Whether the repository's paths differ by case alone.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The same work for the first <paramref name="agents"/> of the agents.</summary>
    public Workload WithAgents(int agents) => this with { Workers = [.. Workers.Take(agents)] };

    internal TimeSpan SlotTime(WorkTask task) => (task.IsWhole ? TimeSpan.Zero : Overhead + Duration(task)) is var time && time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
