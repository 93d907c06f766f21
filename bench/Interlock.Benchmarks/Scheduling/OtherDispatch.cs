using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;

namespace Interlock.Benchmarks.Scheduling;

/// <summary>
/// How work is handed out elsewhere, in its best form: nobody breaks a limit or a file, and an agent whose next task cannot start
/// takes the one after it.
/// </summary>
internal static class OtherDispatch
{
    /// <summary>Task lists: whoever is free takes the next task of the plan that may start.</summary>
    public static TimeSpan NextByPriority(Workload work) => Play(work, (_, task) => task);

    /// <summary>Scripts: a word of the task names the kind of agent, agents of a kind take turns, and each keeps to its own.</summary>
    public static TimeSpan RoundRobinByKeyword(Workload work)
    {
        var kinds = Math.Min(3, work.Workers.Count);
        var turns = new int[kinds];
        var owners = new Dictionary<TaskId, int>();
        foreach (var task in work.Tasks)
        {
            var kind = (int)((uint)task.Module.Sum(letter => letter) % kinds);
            var agents = Enumerable.Range(0, work.Workers.Count).Where(agent => agent % kinds == kind).ToArray();
            owners[task.Id] = agents[turns[kind]++ % agents.Length];
        }

        return Play(work, (agent, task) => owners[task.Id] == agent ? task : null);
    }

    private static TimeSpan Play(Workload work, Func<int, WorkTask, WorkTask?> take)
    {
        var (now, left) = (TimeSpan.Zero, work.Tasks.ToList());
        var running = new List<(int Agent, WorkTask Task, FileSet Files, TimeSpan End)>();
        var done = new HashSet<TaskId>();
        while (true)
        {
            for (var agent = 0; agent < work.Workers.Count; agent++)
            {
                if (running.Exists(other => other.Agent == agent) || left.Find(task => take(agent, task) is not null && MayStart(work, task, running, done)) is not { } next)
                {
                    continue;
                }

                left.Remove(next);
                running.Add((agent, next, FileSet.Parse(next.Files), now + work.Duration(next)));
            }

            if (running.Count == 0)
            {
                // What can never start is no work for anybody.
                return left.Exists(task => task.HeldBecause is null && task.Dependencies.All(done.Contains)) ? throw new InvalidOperationException("work is left that could start") : now;
            }

            now = running.Min(task => task.End);
            done.UnionWith(running.Where(task => task.End == now).Select(task => task.Task.Id));
            running.RemoveAll(task => task.End == now);
        }
    }

    private static bool MayStart(Workload work, WorkTask task, List<(int Agent, WorkTask Task, FileSet Files, TimeSpan End)> running, HashSet<TaskId> done) =>
        task.Dependencies.All(done.Contains)
        && running.Count < work.Limits.Agents
        && running.Count(other => other.Task.Module == task.Module) < work.Limits.PerModule
        && (task.Epic is null || running.Count(other => other.Task.Epic == task.Epic) < work.Limits.PerEpic)
        && !running.Exists(other => other.Files.Overlaps(FileSet.Parse(task.Files)));
}
