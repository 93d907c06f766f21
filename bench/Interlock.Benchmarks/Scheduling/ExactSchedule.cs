using System.Globalization;
using Google.OrTools.Sat;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Simulation;

namespace Interlock.Benchmarks.Scheduling;

/// <summary>The shortest possible schedule by a constraint solver, which knows nothing of how Interlock schedules.</summary>
internal static class ExactSchedule
{
    /// <summary>What the solver proved: no schedule is shorter than <c>Bound</c>, and one of <c>Best</c> exists.</summary>
    /// <param name="horizon">The end of a schedule that is known.</param>
    public static (TimeSpan Bound, TimeSpan Best, bool Optimal) Solve(Workload work, TimeSpan horizon, double effort)
    {
        var model = new CpModel();
        var end = (long)horizon.TotalMinutes;
        var makespan = model.NewIntVar(0, end, "makespan");
        var starts = new Dictionary<TaskId, (IntVar Start, long Takes, IntervalVar Interval)>();
        foreach (var task in work.Tasks)
        {
            var takes = (long)work.Duration(task).TotalMinutes;
            var start = model.NewIntVar(0, end, task.Id.Value);
            starts[task.Id] = (start, takes, model.NewFixedSizeIntervalVar(start, takes, task.Id.Value));
            model.Add(makespan >= start + takes);
        }

        foreach (var (task, on) in work.Tasks.SelectMany(task => task.Dependencies.Select(on => (task.Id, on))))
        {
            model.Add(starts[task].Start >= starts[on].Start + starts[on].Takes);
        }

        Share(model, work.Tasks.Select(task => starts[task.Id].Interval), Math.Min(work.Limits.Agents, work.Workers.Count));
        foreach (var module in work.Tasks.GroupBy(task => task.Module))
        {
            Share(model, module.Select(task => starts[task.Id].Interval), work.Limits.PerModule);
        }

        foreach (var epic in work.Tasks.Where(task => task.Epic is not null).GroupBy(task => task.Epic))
        {
            Share(model, epic.Select(task => starts[task.Id].Interval), work.Limits.PerEpic);
        }

        KeepFilesApart(model, work, starts);
        model.Minimize(makespan);
        var solver = new CpSolver { StringParameters = string.Create(CultureInfo.InvariantCulture, $"num_workers:1 random_seed:1 max_deterministic_time:{effort}") };
        var status = solver.Solve(model);
        return status is CpSolverStatus.Optimal or CpSolverStatus.Feasible
            ? (TimeSpan.FromMinutes(Math.Ceiling(solver.BestObjectiveBound - 1e-6)), TimeSpan.FromMinutes(solver.ObjectiveValue), status == CpSolverStatus.Optimal)
            : (TimeSpan.FromMinutes(Math.Max(0, Math.Ceiling(solver.BestObjectiveBound - 1e-6))), horizon, false);
    }

    private static void Share(CpModel model, IEnumerable<IntervalVar> intervals, int capacity)
    {
        var share = model.AddCumulative(capacity);
        foreach (var interval in intervals)
        {
            share.AddDemand(interval, 1);
        }
    }

    // All that name one file are one group; what patterns with wildcards add goes pair by pair.
    private static void KeepFilesApart(CpModel model, Workload work, Dictionary<TaskId, (IntVar Start, long Takes, IntervalVar Interval)> starts)
    {
        foreach (var file in work.Tasks.SelectMany(task => task.Files.Select(file => (file, task))).GroupBy(entry => entry.file).Where(group => group.Count() > 1))
        {
            model.AddNoOverlap(file.Select(entry => starts[entry.task.Id].Interval));
        }

        var sets = work.Tasks.Select(task => (task.Id, task.Files, Set: FileSet.Parse(task.Files))).ToList();
        for (var left = 0; left < sets.Count; left++)
        {
            for (var right = left + 1; right < sets.Count; right++)
            {
                if (!sets[left].Files.Intersect(sets[right].Files).Any() && sets[left].Set.Overlaps(sets[right].Set))
                {
                    model.AddNoOverlap([starts[sets[left].Id].Interval, starts[sets[right].Id].Interval]);
                }
            }
        }
    }
}
