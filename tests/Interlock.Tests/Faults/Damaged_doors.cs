using System.Text.Json.Nodes;
using Interlock.Domain.Plans;
using Interlock.Engine.Projections;
using Interlock.Engine.Stores;
using Interlock.Tests.Faults.Inputs;
using Interlock.Tests.Projections;

namespace Interlock.Tests.Faults;

/// <summary>
/// Part T13, the files that people and agents write: damaged, then taken in as the program does it. Whatever is not the same as
/// before leaves an event, every task and lease is still there, and the file is whole again.
/// </summary>
public sealed class Damaged_doors(ITestOutputHelper output)
{
    private const int UsesOfARepository = 150;

    private readonly int seed = Programme.Seed();
    private readonly int stride = Mutations.Stride(quick: 61, ci: 5);
    private readonly List<string> faults = [];
    private int taken;

    [Fact]
    [Trait(Programme.Trait, "T13")]
    public void Each_damage_to_a_file_people_share_leaves_an_event_and_loses_nothing()
    {
        Each(StatusPath, repository => File.ReadAllBytes(repository.Full(StatusPath)), TakeStatus);
        Each("live lock", repository => File.ReadAllBytes(repository.Full(".lock/2.5.1.lock")), TakeLiveLock);
        Each("lock by hand", _ => Samples.Bytes(Samples.Lock), TakeHandLock);
        Each("message", _ => Samples.Bytes(Samples.Message), TakeMessage);

        Assert.True(faults.Count == 0, $"seed {seed}\n{string.Join("\n\n", faults.Take(8))}");
        Programme.Report("T13", seed, output, Figure.AtLeast("damaged files taken in through the doors", taken, 50), Figure.None("crashes and silent acceptances at the doors", faults.Count));
    }

    private const string StatusPath = OpenedRepository.StatusPath;

    private void Each(string what, Func<OpenedRepository, byte[]> original, Func<OpenedRepository, byte[], string?> take)
    {
        var repository = Opened();
        var random = new Random(seed);
        for (var (at, used) = (random.Next(stride), 0); at < original(repository).Length; at += stride)
        {
            foreach (var cut in (bool[])[true, false])
            {
                if (++used % UsesOfARepository == 0)
                {
                    repository.Dispose();
                    repository = Opened();
                }

                var bytes = original(repository);
                var damaged = cut ? bytes[..Math.Min(at, bytes.Length)] : Flipped(bytes, at, random);
                if (!bytes.AsSpan().SequenceEqual(damaged))
                {
                    Judge($"{what}, byte {at}, {(cut ? "cut off" : "a bit")}: {Convert.ToBase64String(damaged)}", () => take(repository, damaged));
                }
            }
        }

        repository.Dispose();
    }

    private void Judge(string what, Func<string?> take)
    {
        taken++;
        try
        {
            if (take() is { } fault)
            {
                faults.Add($"{what}\n{fault}");
            }
        }
        catch (Exception crash)
        {
            faults.Add($"{what}\n{crash}");
        }
    }

    private static string? TakeStatus(OpenedRepository repository, byte[] damaged)
    {
        var before = StatusDoor.Parse(File.ReadAllBytes(repository.Full(StatusPath)))!;
        var after = StatusDoor.Parse(damaged);
        var ids = Ids(repository);
        File.WriteAllBytes(repository.Full(StatusPath), damaged);

        var events = repository.Sync();

        return after is null && !events.Any(entry => entry.Kind == "status.quarantined") ? "unreadable and not in quarantine"
            : events.Count == 0 && !JsonNode.DeepEquals(Meaning(before), Meaning(after!)) ? "silently accepted"
            : ids.Except(Ids(repository)).Any() ? "a task is gone"
            : StatusDoor.Parse(File.ReadAllBytes(repository.Full(StatusPath))) is null ? "the file is not whole again"
            : null;
    }

    private static string? TakeLiveLock(OpenedRepository repository, byte[] damaged)
    {
        var fence = repository.LeaseOf("2.5.1")!.Fence;
        var original = repository.Read(".lock/2.5.1.lock");
        File.WriteAllBytes(repository.Full(".lock/2.5.1.lock"), damaged);

        var events = repository.Sync();

        return events.Count == 0 ? "silently accepted"
            : repository.LeaseOf("2.5.1")?.Fence != fence ? "the live lease is gone"
            : repository.Read(".lock/2.5.1.lock") != original ? "the lock is not as it was"
            : null;
    }

    private static string? TakeHandLock(OpenedRepository repository, byte[] damaged)
    {
        const string Path = ".lock/2.5.3.lock";
        File.WriteAllBytes(repository.Full(Path), damaged);
        var understood = LockFile.TryParse(damaged);

        var events = repository.Sync();

        var kept = repository.Quarantined.Length;
        var held = repository.LeaseOf("2.5.3") is not null;
        var fault = events.Count == 0 ? "silently accepted"
            : !held && kept == 0 ? "neither a hold nor in quarantine"
            : held && understood?.Unusable.Count != 0 && !events.Any(entry => entry.Kind == "lock.unclear") ? "taken over by halves, silently"
            : null;
        File.Delete(repository.Full(Path));
        repository.Sync();
        return fault ?? (repository.LeaseOf("2.5.3") is null ? null : "the hold outlives its file");
    }

    private static string? TakeMessage(OpenedRepository repository, byte[] damaged)
    {
        var id = $"20260301T1159{repository.Store.Read(reader => reader.Revision) % 100_000:00000}_dev-1";
        File.WriteAllBytes(repository.Full($"agent_comms/{id}.msg"), damaged);

        var events = repository.Sync();

        var delivered = repository.Store.Read(reader => reader.FindMessage(id)) is not null;
        return events.Count == 0 ? "silently accepted"
            : delivered == repository.Has($"agent_comms/quarantine/{id}.msg") ? $"delivered {delivered}, and in quarantine the same"
            : null;
    }

    // Members that only Interlock keeps say nothing; it writes them anew. Words of complexity may be written in any case.
    private static JsonObject Meaning(JsonObject document)
    {
        var copy = document.DeepClone().AsObject();
        copy.Remove("last_updated");
        copy.Remove("revision");
        foreach (var task in copy["tasks"]!.AsArray().OfType<JsonObject>())
        {
            task.Remove("updated_at");
            if (StatusDoor.Text(task, "estimated_complexity") is { } word)
            {
                task["estimated_complexity"] = word.ToLowerInvariant();
            }
        }

        return copy;
    }

    private static HashSet<TaskId> Ids(OpenedRepository repository) => [.. repository.Store.Read(reader => reader.Tasks().Select(task => task.Id))];

    private static byte[] Flipped(byte[] bytes, int at, Random random)
    {
        var flipped = bytes.ToArray();
        flipped[Math.Min(at, bytes.Length - 1)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static OpenedRepository Opened()
    {
        var repository = new OpenedRepository();
        repository.Claim("2.5.1");
        return repository;
    }
}
