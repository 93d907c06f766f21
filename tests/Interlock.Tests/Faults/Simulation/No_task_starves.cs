using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>One task that needs thirty files, while nine agents keep taking tasks of one file each.</summary>
public sealed class No_task_starves(ITestOutputHelper output)
{
    private const int MostBypasses = 3;
    private const int MostTurnovers = 3;

    [Fact]
    [Trait(Programme.Trait, "T17")]
    public void A_wide_task_is_passed_by_three_times_at_most()
    {
        var seed = Programme.Seed();
        var size = Programme.Size("T17", quick: 300, ci: 2_000, full: 10_000);
        var bypasses = new long[MostBypasses + 2];
        long late = 0;
        long longest = 0;
        Parallel.For(0, size, schedule =>
        {
            var crowd = new Crowd(unchecked((seed * 1_000_003) + schedule));
            var (passed, turnovers) = crowd.UntilTheWideTaskStarts();
            Interlocked.Increment(ref bypasses[Math.Min(passed, MostBypasses + 1)]);
            if (turnovers > MostTurnovers)
            {
                Interlocked.Increment(ref late);
                output.WriteLine($"schedule {schedule.ToString(CultureInfo.InvariantCulture)}: {crowd.Variant} started after {turnovers.ToString("0.0", CultureInfo.InvariantCulture)} turnovers");
            }

            InterlockedMax(ref longest, (long)(turnovers * 100));
        });

        Programme.Report("T17", seed, output,
            Figure.AtLeast("schedules", size, size),
            Figure.None("passed by more than 3 times", bypasses[MostBypasses + 1]),
            Figure.AtLeast("passed by 3 times", bypasses[MostBypasses], 1),
            new Figure("started after more than 3 turnovers", late),
            new Figure("longest wait in hundredths of a turnover", longest));
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Nine agents with more small tasks than they can ever do, and one that waits for the wide one.</summary>
    private sealed class Crowd
    {
        private const int Files = 30;
        private const int SmallAgents = 9;
        private const int SmallModules = 3;
        private const int LongestMinutes = 15;
        private const int MostMinutes = 200;

        private static readonly TaskId Wide = new("9.9.9");

        private readonly Random chance;
        private readonly SimulatedTime time = new();
        private readonly TaskProtocol protocol;
        private readonly MemoryFile file = new("e1");
        private readonly Dictionary<TaskId, (LeaseToken Token, TimeSpan Until, IReadOnlyList<string> Files)> working = [];
        private readonly Worker[] workers = [.. Enumerable.Range(1, 10).Select(number => new Worker(new AgentId($"dev-{number.ToString(CultureInfo.InvariantCulture)}"), "dev"))];
        private readonly bool parks;
        private readonly bool priorities;
        private readonly bool modules;
        private readonly bool clock;
        private readonly Dictionary<TaskId, TimeSpan> waitsFrom = [];
        private TimeSpan? since;
        private int made;
        private int passed;

        public Crowd(int seed)
        {
            chance = new Random(seed);
            (parks, priorities, modules, clock) = (chance.Next(3) == 0, chance.Next(2) == 0, chance.Next(3) == 0, chance.Next(2) == 0);
            protocol = new TaskProtocol(new MemoryStore(file), new Clock(time, "boot-1"), new ProtocolOptions(
                new Limits { Agents = 10, PerModule = modules ? SmallAgents / SmallModules : SmallAgents, PerEpic = 100 }, TimeSpan.FromHours(2), false, _ => "dev", () => true) { Chance = chance.NextDouble });
        }

        public string Variant => string.Join(' ', new[] { parks ? "parked" : "", priorities ? "less urgent" : "", modules ? "in modules" : "", clock ? "under a moving clock" : "" }.Where(word => word.Length > 0));

        /// <summary>How often it was passed by, and how long it waited, in turnovers: the longest time one small task takes.</summary>
        public (int Passed, double Turnovers) UntilTheWideTaskStarts()
        {
            Refill(12);
            Dispatch();
            Put(new WorkTask { Id = Wide, Story = World.Story, Title = "wide", Order = 0, Priority = priorities ? 3 : 1, Module = "wide", Files = parks ? ["wide/own"] : [.. All()] });
            for (var minute = 0; minute < MostMinutes; minute++)
            {
                time.Advance(TimeSpan.FromMinutes(1));
                if (clock && chance.Next(8) == 0)
                {
                    time.WallShift += TimeSpan.FromMinutes(chance.Next(-180, 181));
                }

                Finish();
                Refill(15);
                Dispatch();
                if (working.TryGetValue(Wide, out var wide) && wide.Files.Count >= Files)
                {
                    return (passed, (time.SinceBoot - since ?? TimeSpan.Zero).TotalMinutes / LongestMinutes);
                }
            }

            return (passed, MostMinutes);
        }

        private static IEnumerable<string> All() => Enumerable.Range(0, Files).Select(number => $"src/f{number.ToString(CultureInfo.InvariantCulture)}");

        private void Put(WorkTask task) => protocol.Store.Write(transaction =>
        {
            transaction.Put(task with { CreatedAt = time.GetUtcNow(), UpdatedAt = time.GetUtcNow() });
            transaction.Append(time.GetUtcNow(), "task.added", "one more", task.Id);
            return true;
        });

        private void Refill(int open)
        {
            while (file.State.Tasks.Count(task => task.IsOpen) < open)
            {
                made++;
                Put(new WorkTask
                {
                    Id = new TaskId($"1.1.{made.ToString(CultureInfo.InvariantCulture)}"),
                    Story = World.Story,
                    Title = "small",
                    Order = made,
                    Module = modules ? $"m{chance.Next(SmallModules).ToString(CultureInfo.InvariantCulture)}" : "small",
                    Files = [$"src/f{chance.Next(Files).ToString(CultureInfo.InvariantCulture)}"],
                });
            }
        }

        private void Finish()
        {
            foreach (var (task, (token, _, _)) in working.Where(entry => entry.Value.Until <= time.SinceBoot).ToList())
            {
                working.Remove(task);
                if (task == Wide)
                {
                    protocol.Park(task, token, [.. All()], null, new Refusal(RefusalCodes.FileBusy, "taken", ""));
                    since ??= time.SinceBoot;
                }
                else
                {
                    protocol.Complete(task, token, "no-code", null, "done");
                }
            }
        }

        private void Dispatch()
        {
            var snapshot = protocol.Snapshot();
            var busy = snapshot.Leases.Select(lease => lease.Agent).ToHashSet();
            var idle = workers.Where(worker => !busy.Contains(worker.Id)).ToList();
            foreach (var decision in Scheduler.Decide(snapshot, snapshot.Tasks.Select(task => task.Id).ToHashSet(), idle, 10 - snapshot.Leases.Count))
            {
                if (decision is Decision.Wait { Because.Code: RefusalCodes.FileBusy or RefusalCodes.Reserved } wait)
                {
                    if (wait.Task == Wide)
                    {
                        since ??= time.SinceBoot;
                    }

                    waitsFrom.TryAdd(wait.Task, time.SinceBoot);
                    protocol.NoteWaiting([wait]);
                }
                else if (decision is Decision.Claim claim && protocol.Claim(new ClaimRequest(claim.Task, claim.Agent)) is { Done: true } reply)
                {
                    Started(reply);
                }
            }
        }

        private void Started(Reply reply)
        {
            var lease = reply.Lease!;
            // Who has waited as long or longer passes nobody by.
            var cameLater = !waitsFrom.TryGetValue(lease.Task!.Value, out var from) || from > since;
            if (lease.Task != Wide && since is not null && cameLater && Judge.Overlap(lease.Files, file.State.Find(Wide)!.Files) && !working.ContainsKey(Wide))
            {
                passed++;
            }

            var minutes = lease.Task == Wide ? 1 : chance.Next(5, LongestMinutes + 1);
            working[lease.Task!.Value] = (LeaseToken.TryParse(reply.Token)!, time.SinceBoot + TimeSpan.FromMinutes(minutes), lease.Files);
        }
    }
}
