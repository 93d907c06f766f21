using System.Diagnostics;
using System.Globalization;
using Interlock.Benchmarks;
using Interlock.Engine.Stores.Sqlite;
using Interlock.Tests.Scenarios;

namespace Interlock.Tests.Faults;

/// <summary>Many processes claim and release the same few tasks on one store on a real disk, as fast as they can.</summary>
public sealed class Many_processes_on_one_store(ITestOutputHelper output)
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Interlock.Benchmarks.exe" : "Interlock.Benchmarks");

    [Fact]
    [Trait(Programme.Trait, "T5")]
    public async Task Nothing_is_claimed_twice_no_claim_is_lost_and_no_fence_is_given_twice()
    {
        var seed = Programme.Seed();
        var processes = Programme.Size("T5_PROCESSES", quick: 8, ci: 64, full: 64);
        var claims = Programme.Size("T5", quick: 50, ci: 100, full: 10_000);
        var tasks = processes * 2;
        var folder = Directory.CreateTempSubdirectory("interlock-claims-").FullName;
        try
        {
            Claimer.Prepare(folder, tasks);
            var wall = await ClaimAsync(folder, processes, claims, tasks, seed);
            var grants = Enumerable.Range(0, processes).SelectMany(number => File.ReadLines(Path.Combine(folder, $"grants-{number}"))).Select(Read).ToList();
            var took = grants.Select(grant => grant.Microseconds).Order().ToList();
            var (doubled, unknown) = Replay(folder, grants);
            Programme.Report(
                "T5", seed, output,
                new Figure("processes", processes), new Figure("claims", grants.Count, Least: (long)processes * claims, Most: (long)processes * claims),
                Figure.None("claimed twice", doubled), Figure.None("claims lost", unknown),
                Figure.None("fences given twice", grants.Count - grants.Select(grant => grant.Fence).Distinct().Count()),
                new Figure("claims a second", (long)(grants.Count / wall.TotalSeconds)), new Figure("ms at p50", took[took.Count / 2] / 1000), new Figure("ms at p99", took[took.Count * 99 / 100] / 1000));
        }
        finally
        {
            Product.Delete(folder);
        }
    }

    private static async Task<TimeSpan> ClaimAsync(string folder, int processes, int claims, int tasks, int seed)
    {
        var started = Enumerable.Range(0, processes).Select(number => Start("claim", folder, Text(number), Text(claims), Text(tasks), Text(seed))).ToList();
        foreach (var process in started)
        {
            Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        var from = Stopwatch.GetTimestamp();
        started.ForEach(process => process.StandardInput.WriteLine("go"));
        foreach (var process in started)
        {
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, $"a claimer ended with {process.ExitCode}: {error}");
            process.Dispose();
        }

        return Stopwatch.GetElapsedTime(from);
    }

    // The log tells who held what and when: a task claimed while it is held was claimed twice, a claim that it does not know was lost.
    private static (int Doubled, int Lost) Replay(string folder, List<Claimer.Grant> grants)
    {
        const int Page = 10_000;
        using var store = SqliteStore.Open(Path.Combine(folder, "state.db"), () => "claims");
        var (holders, known, doubled) = (new Dictionary<string, long>(), new Dictionary<long, string>(), 0);
        var newest = 0L;
        for (var after = 0L; ;)
        {
            var events = store.Read(reader => reader.Events(after, Page));
            foreach (var line in events.Where(line => line.Kind is "task.claimed" or "task.released"))
            {
                var (task, fence) = (line.Task!.Value.Value, line.Fence!.Value);
                if (line.Kind == "task.claimed")
                {
                    doubled += holders.TryAdd(task, fence) && fence > newest ? 0 : 1;
                    newest = fence;
                    known[fence] = task;
                }
                else
                {
                    doubled += holders.Remove(task, out var holder) && holder == fence ? 0 : 1;
                }
            }

            if (events.Count < Page)
            {
                break;
            }

            after = events[^1].Seq;
        }

        return (doubled, grants.Count(grant => known.GetValueOrDefault(grant.Fence) != grant.Task) + Math.Abs(known.Count - grants.Count));
    }

    private static Claimer.Grant Read(string line)
    {
        var parts = line.Split(' ');
        return new Claimer.Grant(long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // Its figures are of code that is compiled once and for all; so many starts at once are faster without.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        return Process.Start(start)!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
