using Interlock.Domain.Learning;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.Engine.Learning;

/// <summary>What is expected of a story's tasks, and the workload a simulation plays with it.</summary>
/// <param name="Outside">Tasks of other stories that are not done yet and that this one waits for: they are taken as done.</param>
public sealed record Forecast(
    Workload Workload, IReadOnlyDictionary<TaskId, DurationEstimate> Durations, Learned Learned, IReadOnlyList<TaskId> Outside)
{
    /// <param name="tasks">The story's tasks, finished ones too.</param>
    /// <param name="given">Durations a person said; they count instead of what was learned.</param>
    public static async Task<Forecast> OfAsync(
        Workspace workspace, IReadOnlyList<WorkTask> tasks, IReadOnlyDictionary<TaskId, TimeSpan> given, CancellationToken cancellation)
    {
        var learned = await Learned.ReadAsync(workspace, cancellation);
        var durations = tasks.Where(task => !task.IsWhole).ToDictionary(
            task => task.Id,
            task => given.TryGetValue(task.Id, out var time) ? DurationEstimate.Given(time) : learned.Pace.EstimateOf(task));
        var limits = workspace.Config.Limits;
        var known = tasks.Select(task => task.Id).ToHashSet();
        var others = workspace.Store.Read(reader => reader.Tasks()).Where(task => !known.Contains(task.Id) && task.State != TaskState.Merged).Select(task => task.Id).ToHashSet();
        var workload = new Workload
        {
            Tasks = tasks,
            Workers = [.. workspace.Config.Roster.Agents.Select(agent => new Worker(agent.Id, agent.Type)).Take(limits.Agents)],
            Limits = limits,
            Duration = task => durations.TryGetValue(task.Id, out var estimate) ? estimate.Median : Effort.Prior(task),
            Landing = learned.Pace.Landing ?? TimeSpan.Zero,
            LandTogether = workspace.Config.Config.MergeQueue.Window,
            LandAhead = workspace.Config.Config.LandsAhead,
            IgnoreCase = workspace.Protocol.Options.IgnoreCase,
        };
        return new Forecast(workload, durations, learned, [.. tasks.Where(task => !task.IsFinished).SelectMany(task => task.Dependencies).Where(others.Contains).Distinct().Order()]);
    }

    /// <summary>Of a story as the store has it.</summary>
    public static Task<Forecast> OfAsync(Workspace workspace, StoryId story, IReadOnlyDictionary<TaskId, TimeSpan> given, CancellationToken cancellation) => OfAsync(
        workspace, [.. workspace.Store.Read(reader => reader.Tasks()).Where(task => task.Story == story)], given, cancellation);

    /// <summary>The workload with every task as short, or as long, as its interval says.</summary>
    public Workload At(Func<DurationEstimate, TimeSpan> pick) =>
        Workload with { Duration = task => Durations.TryGetValue(task.Id, out var estimate) ? pick(estimate) : TimeSpan.Zero };
}
