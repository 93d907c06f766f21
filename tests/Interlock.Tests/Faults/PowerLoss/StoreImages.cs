using System.Globalization;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;
using Interlock.Engine.Stores.Sqlite;
using Interlock.Tests.Faults.Simulation;
using Microsoft.Data.Sqlite;

namespace Interlock.Tests.Faults.PowerLoss;

/// <summary>
/// The two files of the embedded store after each acknowledged operation. What lies between two of them was written and not yet
/// synchronized when the power went: of each sector that differs the disk has the old or the new.
/// </summary>
internal sealed class StoreImages : IDisposable
{
    private const int Sector = 512;

    private readonly string folder = Scratch.Make();
    private readonly List<(byte[] File, byte[] Log, long Revision)> moments = [];

    // Where a commit ended: between two moments there are several, and the disk may have any number of them, from the first on.
    private readonly HashSet<long> commits = [];

    public StoreImages(int operations, Random chance)
    {
        var path = Path.Combine(folder, "state.db");
        using var store = SqliteStore.Open(path, () => "e1");
        using var beside = new SqliteConnection($"Data Source={path};Pooling=False");
        beside.Open();
        var protocol = new TaskProtocol(store, new Clock(new SimulatedTime(), "boot"), new ProtocolOptions(new Domain.Scheduling.Limits { Agents = 100, PerModule = 100, PerEpic = 100 }, TimeSpan.FromHours(2), false, _ => "dev", () => true));
        for (var i = 1; i <= operations; i++)
        {
            Operate(store, protocol, i);
            Remember(path, store);
            if (chance.Next(6) == 0)
            {
                using var checkpoint = beside.CreateCommand();
                checkpoint.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
                checkpoint.ExecuteNonQuery();
                Remember(path, store);
            }
        }
    }

    /// <summary>What is wrong with one image: an acknowledged operation is not in it, or half of one is; null when all is well.</summary>
    public string? Wrong(Random chance)
    {
        var at = chance.Next(moments.Count - 1);
        var (before, after) = (moments[at], moments[at + 1]);
        var image = Path.Combine(folder, "image.db");
        Remove(image);
        File.WriteAllBytes(image, Mixed(before.File, after.File, chance));
        File.WriteAllBytes(image + "-wal", Mixed(before.Log, after.Log, chance));
        try
        {
            using var store = SqliteStore.Open(image, () => "another");
            var faults = store.Examine().Faults;
            return store.Read(reader =>
                reader.Revision < before.Revision || reader.Revision > after.Revision || !commits.Contains(reader.Revision) ? string.Create(CultureInfo.InvariantCulture, $"event {before.Revision} was acknowledged, and the newest is {reader.Revision}")
                : store.Epoch != "e1" ? "it began anew"
                : faults.Count > 0 ? faults[0]
                : EventReplay.Until(reader, reader.Revision).DifferencesTo(reader.Rows()) is [var different, ..] ? $"the log and the rows differ in {different}" : null);
        }
        catch (StoreException error)
        {
            return error.Message;
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Operate(SqliteStore store, TaskProtocol protocol, int number)
    {
        var id = new TaskId($"2.5.{number.ToString(CultureInfo.InvariantCulture)}");
        store.Write(transaction =>
        {
            transaction.Put(new Domain.Scheduling.WorkTask { Id = id, Story = World.Story, Title = new string('t', 50 * number), Files = [$"src/{number.ToString(CultureInfo.InvariantCulture)}"] });
            transaction.Append(SimulatedTime.Noon, "task.added", "one more", id);
            return true;
        });
        commits.Add(store.Read(reader => reader.Revision));
        protocol.Claim(new ClaimRequest(id, new AgentId("dev-1"), Request: $"r{number.ToString(CultureInfo.InvariantCulture)}"));
    }

    private void Remember(string path, SqliteStore store)
    {
        var revision = store.Read(reader => reader.Revision);
        commits.Add(revision);
        moments.Add((Shared(path), Shared(path + "-wal"), revision));
    }

    private static byte[] Shared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Mixed(byte[] before, byte[] after, Random chance)
    {
        var length = chance.Next(3) switch { 0 => after.Length, 1 => Math.Max(before.Length, after.Length), _ => chance.Next(Math.Min(before.Length, after.Length), Math.Max(before.Length, after.Length) + 1) };
        var mixed = new byte[length];
        for (var at = 0; at < length; at += Sector)
        {
            var source = chance.Next(2) == 0 ? before : after;
            var end = Math.Min(Math.Min(at + Sector, length), source.Length);
            if (end > at)
            {
                source.AsSpan(at, end - at).CopyTo(mixed.AsSpan(at));
            }
        }

        return mixed;
    }

    private static void Remove(string image)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
        {
            File.Delete(image + suffix);
        }
    }
}
