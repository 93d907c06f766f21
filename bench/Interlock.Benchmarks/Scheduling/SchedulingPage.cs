using System.Globalization;
using System.Text;
using Interlock.Domain.Simulation;

namespace Interlock.Benchmarks.Scheduling;

/// <summary>How close schedules come to what is possible, beside how work is handed out elsewhere, as a page.</summary>
internal static class SchedulingPage
{
    private const int FirstSeed = 1;
    private static readonly (int From, int To) Agents = (2, 10);

    // Beyond this the solver is asked, for so much of its own measure of work: about seconds, and the same on every machine.
    private const double Doubtful = 1.05;
    private const double Thorough = 1;

    /// <param name="graphs">Generated graphs; 1,000 for the page that is kept.</param>
    public static string Page(int graphs, string? corpus)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # How close schedules come to what is possible

            Made by `dotnet run -c Release --project bench/Interlock.Benchmarks -- scheduling [graphs] [--corpus DIR]` on {DateTime.UtcNow:yyyy-MM-dd}, on a shared machine with
            {Environment.ProcessorCount} cores, .NET {Environment.Version}.

            Each number is the end of the work as the simulator plays it, which asks the scheduler of a run tick by tick, divided by a time that no
            schedule can beat, at {Agents.From} to {Agents.To} agents with the default limits. Beside it the same work handed out as task lists do (next by priority) and
            as scripts do (round-robin by keyword), both keeping to all limits and files.

            ## Against the bound
            The bound is the program's own (`LowerBound`). Where the schedule is more than 5 % above it, a constraint solver (CP-SAT, 1 thread,
            deterministic limit {Thorough}) may prove a higher one; the solver knows nothing of the scheduler.

            | work | schedules | median | p95 | worst | within 2 % | next by priority: median | p95 | worst | round-robin: median | p95 | worst |
            |---|---|---|---|---|---|---|---|---|---|---|---|

            """);
        var all = new List<Measured>();
        var generated = Enumerable.Range(FirstSeed, graphs).Select(seed => GeneratedWork.Of(seed, 12, 60)).ToList();
        foreach (var shape in GeneratedWork.Shapes)
        {
            Add(page, shape, generated.Where(work => work.Shape == shape).Select(work => work.Work), all);
        }

        page.Append(Row($"all {graphs} graphs", all, measured => measured.Proven));
        page.Append(Row("the same, against the program's bound alone", all, measured => measured.Bound));
        if (corpus is not null)
        {
            Add(page, "real plans, by story and whole", CorpusWork.In(corpus), []);
        }

        page.Append(CultureInfo.InvariantCulture, $"\nSeeds {FirstSeed} to {FirstSeed + graphs - 1}. The largest gaps: {Worst(all)}.\n\n");
        AppendExact(page, Math.Max(10, graphs / 5));
        page.Append("\n## Deciding one tick\nProcessor time, on fresh objects, as the store reads them; with 10 agents of which 6 work, and with limits that let the idle ones start.\n\n");
        TickTimes.Append(page);
        return page.ToString();
    }

    private static void Add(StringBuilder page, string name, IEnumerable<Workload> works, List<Measured> all)
    {
        var measured = works.SelectMany((work, number) => Enumerable.Range(Agents.From, Agents.To - Agents.From + 1).Select(agents => Measure(name, number, work.WithAgents(agents)))).ToList();
        page.Append(Row(name, measured, one => one.Proven));
        all.AddRange(measured);
        var alone = measured.Select(one => one.Makespan / one.Bound).Order().ToList();
        Console.Error.WriteLine($"{name}: {measured.Count} schedules after {Environment.CpuUsage.TotalTime.TotalSeconds:0} s, against the bound alone {At(alone, 0.5)} {At(alone, 0.95)} {At(alone, 1)}");
    }

    private static Measured Measure(string name, int number, Workload work)
    {
        var schedule = Simulator.Run(work);
        var bound = schedule.LowerBound.Value;
        var proven = bound;
        if (schedule.Makespan > bound * Doubtful)
        {
            var exact = ExactSchedule.Solve(work, schedule.Makespan, Thorough);
            proven = exact.Bound > bound ? exact.Bound : bound;
        }

        return new Measured($"{name} {number}", work.Workers.Count, schedule.Makespan, bound, proven, OtherDispatch.NextByPriority(work), OtherDispatch.RoundRobinByKeyword(work));
    }

    private static string Row(string name, List<Measured> measured, Func<Measured, TimeSpan> against)
    {
        var (ours, next, robin) = (Ratios(one => one.Makespan), Ratios(one => one.NextByPriority), Ratios(one => one.RoundRobin));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {measured.Count} | {At(ours, 0.5)} | {At(ours, 0.95)} | {At(ours, 1)} | {ours.Count(ratio => ratio <= 1.02) * 100.0 / Math.Max(1, ours.Count):0} % | {At(next, 0.5)} | {At(next, 0.95)} | {At(next, 1)} | {At(robin, 0.5)} | {At(robin, 0.95)} | {At(robin, 1)} |\n");

        List<double> Ratios(Func<Measured, TimeSpan> time) => [.. measured.Select(one => time(one) / against(one)).Order()];
    }

    private static string At(List<double> sorted, double share) => sorted.Count == 0 ? "–"
        : sorted[(int)Math.Ceiling((sorted.Count - 1) * share)].ToString("0.000", CultureInfo.InvariantCulture);

    private static string Worst(List<Measured> all) => string.Join(", ", all.OrderByDescending(one => one.Makespan / one.Proven).Take(5)
        .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} at {one.Agents} ({one.Makespan / one.Proven:0.000})")));

    private static void AppendExact(StringBuilder page, int graphs)
    {
        var (ratios, bounds, skipped) = (new List<double>(), new List<double>(), 0);
        foreach (var seed in Enumerable.Range(100_000, graphs))
        {
            var work = GeneratedWork.Of(seed, 6, 14).Work.WithAgents(2 + (seed % 4));
            var schedule = Simulator.Run(work);
            var exact = ExactSchedule.Solve(work, schedule.Makespan, 10 * Thorough);
            if (!exact.Optimal)
            {
                skipped++;
                continue;
            }

            if (exact.Best < schedule.LowerBound.Value)
            {
                throw new InvalidOperationException($"seed {seed}: the bound {schedule.LowerBound} is above the optimum {exact.Best}");
            }

            ratios.Add(schedule.Makespan / exact.Best);
            bounds.Add(exact.Best / schedule.LowerBound.Value);
        }

        ratios.Sort();
        bounds.Sort();
        page.Append(CultureInfo.InvariantCulture, $"""
            ## Against the exact optimum
            {ratios.Count} graphs of 6 to 14 tasks at 2 to 5 agents, solved to the end by the solver ({skipped} more were not).

            | | median | p95 | worst | equal |
            |---|---|---|---|---|
            | schedule ÷ optimum | {At(ratios, 0.5)} | {At(ratios, 0.95)} | {At(ratios, 1)} | {Equal(ratios)} |
            | optimum ÷ bound | {At(bounds, 0.5)} | {At(bounds, 0.95)} | {At(bounds, 1)} | {Equal(bounds)} |

            """);

        static string Equal(List<double> sorted) => string.Create(CultureInfo.InvariantCulture, $"{sorted.Count(ratio => ratio <= 1) * 100.0 / Math.Max(1, sorted.Count):0} %");
    }

    private sealed record Measured(string Name, int Agents, TimeSpan Makespan, TimeSpan Bound, TimeSpan Proven, TimeSpan NextByPriority, TimeSpan RoundRobin);
}
