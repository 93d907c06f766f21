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

    private sealed record Batch(TimeSpan Since, List<Running> Work);

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

        // Batches of two at first, and one more after each; the next one is under way beside the present one, or begins when it ends.
        var now = TimeSpan.Zero;
        var (waiting, landed, size) = (new Queue<Running>(started.OrderBy(task => task.End)), new List<Running>(), 2);
        var (present, next) = (new Batch(TimeSpan.Zero, []), new Batch(TimeSpan.Zero, []));
        while (waiting.Count + present.Work.Count + next.Work.Count > 0)
        {
            var ends = present.Work.Count > 0 ? present.Since + workload.Landing : TimeSpan.MaxValue;
            var comes = waiting.Where(task => present.Work.Count == 0 || task.End > now).Select(task => task.End).Append(TimeSpan.MaxValue).Min();
            now = now > (ends < comes ? ends : comes) ? now : ends < comes ? ends : comes;
            if (ends <= now)
            {
                landed.AddRange(present.Work.Select(task => task with { Landed = now }));
                (present, next) = (next, new Batch(now, []));
                size = Math.Min(size + 1, workload.LandTogether);
            }

            if (present.Work.Count == 0)
            {
                present = Fill(new Batch(now, []));
            }

            if (workload.LandAhead && present.Work.Count > 0 && (next.Work.Count == 0 || (now - next.Since) * 2 < workload.Landing))
            {
                next = Fill(next);
            }
        }

        return landed;

        Batch Fill(Batch batch)
        {
            var more = waiting.TakeWhile(task => task.End <= now).Take(size - batch.Work.Count).ToList();
            more.ForEach(_ => waiting.Dequeue());
            return more.Count == 0 ? batch : new Batch(now, [.. batch.Work, .. more]);
        }
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
