using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.Tests.Simulation;

/// <summary>The shortest schedule of a few tasks, found by trying every one; it shares no code with what it judges.</summary>
internal sealed class Optimum
{
    private readonly Workload workload;
    private readonly WorkTask[] tasks;
    private readonly int agents;
    private TimeSpan best = TimeSpan.MaxValue;

    private Optimum(Workload workload)
    {
        this.workload = workload;
        var doable = new List<WorkTask>();
        while (workload.Tasks.FirstOrDefault(task => task.HeldBecause is null && !doable.Contains(task) && task.Dependencies.All(id => doable.Exists(other => other.Id == id))) is { } next)
        {
            doable.Add(next);
        }

        tasks = [.. doable];
        agents = Math.Min(workload.Limits.Agents, workload.Workers.GroupBy(worker => worker.Type)
            .Sum(type => Math.Min(type.Count(), workload.Limits.PerType.GetValueOrDefault(type.Key, int.MaxValue))));
    }

    private sealed record Running(WorkTask Task, TimeSpan End, TimeSpan Landed);

    public static TimeSpan Of(Workload workload)
    {
        var search = new Optimum(workload);
        search.Try([], TimeSpan.Zero, TimeSpan.Zero);
        return search.best;
    }

    // At every moment: start one of the tasks that may start, or wait for the next end.
    private void Try(List<Running> started, TimeSpan now, TimeSpan from)
    {
        if (started.Count == tasks.Length)
        {
            var end = Landed(started).Select(task => task.Landed).Append(TimeSpan.Zero).Max();
            best = end < best ? end : best;
            return;
        }

        if (now >= best)
        {
            return;
        }

        var landed = Landed(started);
        foreach (var task in tasks.Where(task => MayStart(task, landed, now)))
        {
            Try([.. started, new Running(task, now + workload.Overhead + workload.Duration(task), default)], now, from);
        }

        var next = landed.SelectMany(task => new[] { task.End, task.Landed }).Where(time => time > now).Append(TimeSpan.MaxValue).Min();
        if (next < TimeSpan.MaxValue)
        {
            Try(started, next, now);
        }
    }

    private List<Running> Landed(List<Running> started)
    {
        if (workload.Landing == TimeSpan.Zero)
        {
            return [.. started.Select(task => task with { Landed = task.End })];
        }

        // Batches of two at first, and one more after each.
        var (waiting, landed, free) = (started.OrderBy(task => task.End).ToList(), new List<Running>(), TimeSpan.Zero);
        for (var size = 2; waiting.Count > 0; size = Math.Min(size + 1, workload.LandTogether))
        {
            var begins = free > waiting[0].End ? free : waiting[0].End;
            free = begins + workload.Landing;
            var batch = waiting.TakeWhile(task => task.End <= begins).Take(size).ToList();
            landed.AddRange(batch.Select(task => task with { Landed = free }));
            waiting.RemoveRange(0, batch.Count);
        }

        return landed;
    }

    private bool MayStart(WorkTask task, List<Running> started, TimeSpan now)
    {
        var running = started.Where(other => other.End > now).ToList();
        return started.TrueForAll(other => other.Task != task)
            && task.Dependencies.All(id => started.Exists(other => other.Task.Id == id && other.Landed <= now))
            && running.Count < agents
            && running.Count(other => other.Task.Module == task.Module) < workload.Limits.PerModule
            && (task.Epic is null || running.Count(other => other.Task.Epic == task.Epic) < workload.Limits.PerEpic)
            && !started.Exists(other => other.Landed > now && FileSet.Parse(other.Task.Files).Overlaps(FileSet.Parse(task.Files)));
    }
}
