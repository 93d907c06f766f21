using System.Diagnostics;
using System.Globalization;
using System.Text;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Benchmarks.Scheduling;

/// <summary>How long one tick takes to decide, by the number of tasks.</summary>
internal static class TickTimes
{
    private const int Kept = 15;
    private const int WarmUpTasks = 100_000;

    private static readonly LeaseClock Clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(1), "boot");

    public static void Append(StringBuilder page)
    {
        page.Append("""
            | tasks | agents idle: median | slowest of 15 | fastest by the wall clock | all busy: median | slowest of 15 | fastest by the wall clock | median for each n log n, as a multiple of the row before |
            |---|---|---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        double? before = null;
        foreach (var count in new[] { 1_000, 10_000, 100_000 })
        {
            var (idle, busy) = (Measure(count, idle: 4), Measure(count, idle: 0));
            var perStep = idle.Median / (count * Math.Log2(count));
            page.Append(CultureInfo.InvariantCulture, $"| {count} | {idle.Median:0.00} ms | {idle.Slowest:0.00} ms | {idle.Wall:0.00} ms | {busy.Median:0.00} ms | {busy.Slowest:0.00} ms | {busy.Wall:0.00} ms | {(before is { } last ? $"{perStep / last:0.00}" : "")} |\n");
            before = perStep;
        }
    }

    // A run decides again and again, so what is measured is code that is compiled already. Others use the machine too: what a tick
    // costs is its processor time, all threads of the program together.
    private static (double Median, double Slowest, double Wall) Measure(int count, int idle)
    {
        var tasks = Tasks(count);
        var leases = tasks.Where(task => task.State == TaskState.Running).Select(LeaseOf).ToList();
        var scope = tasks.Select(task => task.Id).ToHashSet();
        var workers = GeneratedWork.Agents(10).Skip(10 - idle).ToList();
        var (times, walls) = (new List<double>(), new List<double>());
        var warmUp = Math.Max(3, WarmUpTasks / count);
        for (var round = 0; round < warmUp + Kept; round++)
        {
            // A tick never sees the objects of the one before: the store reads them anew.
            var snapshot = new Snapshot([.. tasks.Select(task => task with { Files = [.. task.Files] })], leases, Limits.Default, Clock);
            GC.Collect();
            var (started, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var decisions = Scheduler.Decide(snapshot, scope, workers, idle);
            times.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
            walls.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (decisions.OfType<Decision.Claim>().Count() != idle)
            {
                throw new InvalidOperationException("the tick did not give every idle agent a task");
            }
        }

        var kept = times.Skip(warmUp).Order().ToList();
        return (kept[kept.Count / 2], kept[^1], walls.Skip(warmUp).Min());
    }

    // A fifth done, six at work, a third of the rest ready, everything with two files of its own and sometimes a shared one.
    private static List<WorkTask> Tasks(int count)
    {
        var chance = new Random(count);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new WorkTask
            {
                Id = new TaskId($"{(i / 100) + 1}.{(i % 100) + 1}"),
                Story = new StoryId($"{(i / 100) + 1}"),
                Title = $"Task {i}",
                Order = i,
                Module = $"m{i / 20}",
                Complexity = (Complexity)chance.Next(3),
                State = i < count / 5 ? TaskState.Merged : i < (count / 5) + 6 ? TaskState.Running : TaskState.Ready,
                Dependencies = i < count / 5 || chance.Next(3) == 0 ? [] : [Earlier(i, chance), Earlier(i, chance)],
                Files = [$"src/m{i / 20}/a{i}.cs", $"tests/m{i / 20}/a{i}.cs", .. chance.Next(4) == 0 ? new[] { $"src/m{i / 20}/shared.cs" } : []],
            }),
        ];
    }

    private static TaskId Earlier(int number, Random chance)
    {
        var earlier = Math.Max(0, number - 1 - chance.Next(200));
        return new TaskId($"{(earlier / 100) + 1}.{(earlier % 100) + 1}");
    }

    private static Lease LeaseOf(WorkTask task, int number) => new()
    {
        Fence = number + 1,
        Kind = LeaseKind.Task,
        Task = task.Id,
        Agent = new AgentId($"dev-{number + 1}"),
        AgentType = "dev",
        Module = task.Module,
        Files = task.Files,
        AcquiredAt = Clock.Wall.AddMinutes(-5),
        ExpiresAt = Clock.Wall.AddHours(2),
        Duration = TimeSpan.FromHours(2),
        Deadline = TimeSpan.FromHours(3),
        ClockBoot = "boot",
    };
}
