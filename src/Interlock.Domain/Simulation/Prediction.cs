using System.Globalization;
using Interlock.Domain.Graph;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Domain.Simulation;

/// <summary>The schedule with one number of agents.</summary>
public sealed record PredictedRun(int Agents, Schedule Schedule);

/// <summary>What a plan promises before anyone starts: the schedule for every number of agents, and how many are worth having.</summary>
/// <param name="Runs">For 1, 2, … agents.</param>
/// <param name="Recommended">The least number with which the work is done about as early as it can be.</param>
/// <param name="Reason">One sentence that says why not more.</param>
/// <param name="Width">Most tasks on one level of the dependencies alone; see <see cref="TaskGraph.Width"/>.</param>
/// <param name="MostAtOnce">Most tasks at work at one moment in any of the runs, under all limits.</param>
/// <param name="CriticalPath">Longest chain of dependencies, first to last, with the time it takes.</param>
/// <param name="Contended">Files and modules that tasks have to share, the most contended first.</param>
public sealed record Prediction(
    IReadOnlyList<PredictedRun> Runs,
    int Recommended,
    string Reason,
    int Width,
    int MostAtOnce,
    CriticalPath CriticalPath,
    IReadOnlyList<Contention> Contended)
{
    /// <summary>Time saved below this share of the whole is nothing to start another agent for.</summary>
    public const double Worthwhile = 0.03;

    /// <summary>With less than this share saved by all agents together, one is better: several cost more and have to be put together.</summary>
    public const double WorthCompany = 0.15;

    /// <summary>Plays the workload with its first agent, its first two, and so on to all of them.</summary>
    public static Prediction Of(Workload workload)
    {
        var runs = Enumerable.Range(1, workload.Workers.Count).Select(agents => new PredictedRun(agents, Simulator.Run(workload.WithAgents(agents)))).ToList();
        var (recommended, reason) = Recommend(runs);
        var open = workload.Tasks.Where(task => !task.IsFinished).ToList();
        var graph = TaskGraph.Build(open.Select(task => new TaskNode(task.Id, task.Dependencies)));
        var byId = open.ToDictionary(task => task.Id);
        return new Prediction(
            runs,
            recommended,
            reason,
            graph.Width,
            runs.Select(run => run.Schedule.MostAtOnce).DefaultIfEmpty(0).Max(),
            graph.CriticalPath(id => (workload.SlotTime(byId[id]) + (byId[id].IsWhole ? TimeSpan.Zero : workload.Landing)).TotalSeconds),
            Contention.Rank(workload));
    }

    private static (int Agents, string Reason) Recommend(List<PredictedRun> runs)
    {
        if (runs.Count == 0 || runs[0].Schedule.Assignments.Count == 0)
        {
            return (Math.Min(1, runs.Count), "there is nothing to do");
        }

        var alone = runs[0].Schedule.Makespan;
        var best = runs.Min(run => run.Schedule.Makespan);
        var fastest = runs.First(run => run.Schedule.Makespan == best);
        if (alone - best < WorthCompany * alone)
        {
            return (1, best < alone
                ? $"one agent is better here: {fastest.Agents} would save only {Ages.Estimate(alone - best)} of {Ages.Estimate(alone)}, because {Why(fastest.Schedule.LowerBound)}"
                : $"one agent is better here: more would save nothing, because {Why(fastest.Schedule.LowerBound)}");
        }

        var enough = runs.First(run => run.Schedule.Makespan - best <= Worthwhile * best);
        var number = enough.Agents.ToString(CultureInfo.InvariantCulture);
        return (enough.Agents, enough.Agents == runs[^1].Agents
            ? $"{number} agents: more {(IsLeast(enough.Schedule) ? "would gain nothing" : "may still help")}, because {Why(enough.Schedule.LowerBound)}"
            : enough.Schedule.Makespan == best
                ? $"beyond {number} nothing is gained: {Why(runs[^1].Schedule.LowerBound)}"
                : $"beyond {number} only {Ages.Estimate(enough.Schedule.Makespan - best)} are gained: {Why(runs[^1].Schedule.LowerBound)}");
    }

    // Of the work divided among the agents there is less for each with one more; any other bound stays.
    private static bool IsLeast(Schedule schedule) => schedule is { Ratio: <= 1, LowerBound.Kind: not BoundKind.Agents };

    private static string Why(Bound bound) => bound.Kind switch
    {
        BoundKind.CriticalPath => $"{Chain(bound.Tasks)} takes {Ages.Estimate(bound.Value)}",
        BoundKind.Agents => $"the work alone keeps them busy for {Ages.Estimate(bound.Value)}",
        BoundKind.Files => $"{Counted.Of(bound.Tasks.Count, "task")} share {Named(bound.Name, "files")} and go one after the other, {Ages.Estimate(bound.Value)} in all",
        BoundKind.Module => $"the limit of the module '{bound.Name}' holds {Counted.Of(bound.Tasks.Count, "task")} to {Ages.Estimate(bound.Value)}",
        BoundKind.Epic => $"the limit of the epic '{bound.Name}' holds {Counted.Of(bound.Tasks.Count, "task")} to {Ages.Estimate(bound.Value)}",
        BoundKind.Landing => $"{Counted.Of(bound.Tasks.Count, "task")} land in batches, {Ages.Estimate(bound.Value)} in all",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Chain(IReadOnlyList<TaskId> tasks) => tasks.Count switch
    {
        1 => $"task {tasks[0]} alone",
        <= 4 => $"the chain {string.Join(" → ", tasks)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"the chain of {tasks.Count} tasks from {tasks[0]} to {tasks[^1]}"),
    };

    private static string Named(string name, string otherwise) => name.Length > 0 ? name : otherwise;
}
