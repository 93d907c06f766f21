using Interlock.Domain.Graph;
using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>An order that follows only from where tasks stand gives way where it contradicts what is written or itself.</summary>
internal sealed class ImpliedCycles(PlanProblems problems)
{
    /// <summary>Drops the implicit dependencies that are part of a cycle, and those that repeat a written one.</summary>
    public void Break(List<PlanTask> tasks)
    {
        if (tasks.TrueForAll(task => task.Implicit.Count == 0))
        {
            return;
        }

        for (var i = 0; i < tasks.Count; i++)
        {
            if (tasks[i].Dependencies.Count > 0 && tasks[i].Implicit.Count > 0)
            {
                var written = tasks[i].Dependencies.ToHashSet();
                tasks[i] = tasks[i] with { Implicit = [.. tasks[i].Implicit.Where(dependency => !written.Contains(dependency.On))] };
            }
        }

        if (!AcyclicCheck.IsAcyclic([.. tasks.Select(task => task.Id)], index => tasks[index].AllDependencies))
        {
            BreakAll(tasks);
        }

        KeepSoundParts(tasks);
    }

    private void BreakAll(List<PlanTask> tasks)
    {
        var graph = TaskGraph.Build(tasks.Select(task => new TaskNode(task.Id, [.. task.AllDependencies])));
        foreach (var cycle in graph.Cycles.Where(cycle => cycle.Count > 1))
        {
            BreakOne(tasks, cycle.ToHashSet());
        }
    }

    // A task that does not wait for all tasks below it is more than those.
    private static void KeepSoundParts(List<PlanTask> tasks)
    {
        for (var i = 0; i < tasks.Count; i++)
        {
            if (tasks[i].Parts.Count > 0 && tasks[i].AllDependencies.ToHashSet() is var awaited && !tasks[i].Parts.All(awaited.Contains))
            {
                tasks[i] = tasks[i] with { Parts = [] };
            }
        }
    }

    private void BreakOne(List<PlanTask> tasks, HashSet<TaskId> cycle)
    {
        var (dropped, line) = (0, 0);
        for (var i = 0; i < tasks.Count; i++)
        {
            if (!cycle.Contains(tasks[i].Id))
            {
                continue;
            }

            var kept = tasks[i].Implicit.Where(dependency => !cycle.Contains(dependency.On)).ToList();
            if (kept.Count < tasks[i].Implicit.Count)
            {
                dropped += tasks[i].Implicit.Count - kept.Count;
                line = line == 0 ? tasks[i].Line : line;
                tasks[i] = tasks[i] with { Implicit = kept };
            }
        }

        if (dropped > 0)
        {
            problems.Warning(
                "implied-order-dropped", line,
                $"the order of the lines contradicts the written dependencies of {Counted.Of(cycle.Count, "task")}, so {dropped} implied before-and-after {(dropped == 1 ? "was" : "were")} dropped",
                "Put the tasks into the order of their dependencies, or correct the dependencies.");
        }
    }
}
