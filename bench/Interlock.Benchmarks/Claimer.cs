using System.Diagnostics;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Platform;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores.Sqlite;

namespace Interlock.Benchmarks;

/// <summary>
/// One process of many that claim and release tasks of one store. While it holds a task it keeps a file that only one
/// process can create: a witness that shares nothing with the store.
/// </summary>
public sealed class Claimer(string folder, int number, int claims, int seed)
{
    /// <summary>Written to standard output for each claim: fence, task, and the time it took in microseconds.</summary>
    public sealed record Grant(long Fence, string Task, long Microseconds);

    private readonly string held = Path.Combine(folder, "held");
    private readonly Random chance = new(seed + number);
    private readonly AgentId agent = new(string.Create(CultureInfo.InvariantCulture, $"dev-{number}"));
    private long refused;

    /// <summary>A store with that many tasks, for claimers to share.</summary>
    public static void Prepare(string folder, int tasks)
    {
        Directory.CreateDirectory(Path.Combine(folder, "held"));
        using var store = SqliteStore.Open(Path.Combine(folder, "state.db"), () => "claims");
        store.Write(transaction =>
        {
            for (var i = 0; i < tasks; i++)
            {
                var id = TaskOf(i);
                transaction.Put(new WorkTask
                {
                    Id = id, Story = new StoryId("1.1"), Title = $"Part {i}", Module = id.Value, Order = i, Files = [$"src/{i}.txt"],
                    CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
                });
            }

            transaction.Append(DateTimeOffset.UnixEpoch, "plan.imported", "tasks to claim");
            return true;
        });
    }

    public static TaskId TaskOf(int index) => new(string.Create(CultureInfo.InvariantCulture, $"1.1.{index + 1}"));

    /// <summary>Says that it is ready, waits for a line, works, and answers 0 unless something was taken twice.</summary>
    public int Run(int tasks)
    {
        using var store = SqliteStore.Open(Path.Combine(folder, "state.db"), () => "claims");
        var options = new ProtocolOptions(new Limits { Agents = 1_000_000 }, TimeSpan.FromHours(2), IgnoreCase: false, _ => null, () => true);
        var protocol = new TaskProtocol(store, new Clock(TimeProvider.System, ProcessIdentity.Current.BootId), options);
        using var grants = new StreamWriter(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"grants-{number}")));
        Console.WriteLine("ready");
        Console.ReadLine();
        for (var done = 0; done < claims;)
        {
            var task = TaskOf(chance.Next(tasks));
            var started = Stopwatch.GetTimestamp();
            if (protocol.Claim(new ClaimRequest(task, agent)) is not { Lease: { } lease, Token: { } token })
            {
                refused++;
                continue;
            }

            grants.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lease.Fence} {task} {(long)Stopwatch.GetElapsedTime(started).TotalMicroseconds}"));
            var witness = Path.Combine(held, task.Value);
            new FileStream(witness, FileMode.CreateNew).Dispose();
            File.Delete(witness);
            if (protocol.Release(task, LeaseToken.TryParse(token)!).Refusal is { } refusal)
            {
                Console.Error.WriteLine($"{task}: {refusal.Message}");
                return 1;
            }

            done++;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{refused} refused"));
        return 0;
    }
}
