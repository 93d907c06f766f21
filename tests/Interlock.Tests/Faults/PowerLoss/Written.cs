using System.Globalization;
using System.Text;
using Interlock.Domain.Plans;
using Interlock.Engine;
using Interlock.Engine.Configuration;
using Interlock.Engine.Platform;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Tests.Faults.Simulation;

namespace Interlock.Tests.Faults.PowerLoss;

/// <summary>Every step our writers of files make for a story of tokens, trust, status files and copies, and what each had promised by then.</summary>
internal sealed class Written : IDisposable
{
    private readonly string folder = Scratch.Make();
    private readonly List<DiskStep> steps = [];
    private readonly List<(string Path, byte[] Content, int Begun, int Acknowledged)> promises = [];

    public Written()
    {
        var tokens = new TokenFolder(Path.Combine(folder, "tokens"));
        var trust = new Trust(Path.Combine(folder, "trusted.json"));
        var store = new MemoryStore(new MemoryFile("e1"));
        var time = new SimulatedTime();
        var protocol = new TaskProtocol(store, new Clock(time, "boot"), new ProtocolOptions(new Domain.Scheduling.Limits(), TimeSpan.FromHours(2), false, _ => "dev", () => true));
        var files = new ProjectedFiles(Path.Combine(folder, "root"), store, protocol.Clock, (_, _) => new Dictionary<string, string>());
        AtomicFile.Watcher.Value = steps.Add;
        try
        {
            for (var i = 1; i <= 4; i++)
            {
                var number = i.ToString(CultureInfo.InvariantCulture);
                Task(store, number);
                var agent = new AgentId($"dev-{number}");
                var task = new TaskId($"2.5.{number}");
                Do(() => tokens.Remember(task, agent, protocol.Claim(new ClaimRequest(task, agent)).Token!));
                Do(() => trust.Grant("/home/x", $"hash-{number}"));
                Do(() => files.Write(new Dictionary<string, byte[]?>()));
                Do(() => AtomicFile.Write(Path.Combine(folder, "prompt.md"), Encoding.UTF8.GetBytes(new string('p', 100 * i))));
                var copy = Path.Combine(folder, "copy.tmp");
                File.WriteAllText(copy, $"copy {number}");
                steps.Add(new DiskStep.Wrote(copy, File.ReadAllBytes(copy)));
                Do(() => AtomicFile.Publish(copy, Path.Combine(folder, "copy.db")));
            }
        }
        finally
        {
            AtomicFile.Watcher.Value = null;
        }
    }

    public IReadOnlyList<DiskStep> Steps => steps;

    /// <summary>What is wrong with a disk after this many steps; null when every promise is kept.</summary>
    public string? Wrong(Dictionary<string, byte[]> disk, int count)
    {
        foreach (var versions in promises.GroupBy(promise => promise.Path))
        {
            var all = versions.ToList();
            var kept = all.FindLastIndex(version => version.Acknowledged <= count);
            var possible = all.Skip(Math.Max(kept, 0)).TakeWhile(version => version.Begun < count || version.Acknowledged <= count).Select(version => version.Content);
            if (disk.TryGetValue(versions.Key, out var content) ? !possible.Any(version => version.AsSpan().SequenceEqual(content)) : kept >= 0)
            {
                return $"{Path.GetFileName(versions.Key)} after {count.ToString(CultureInfo.InvariantCulture)} steps: {(content is null ? "it is gone" : $"'{Encoding.UTF8.GetString(content)}'")}";
            }
        }

        return null;
    }

    /// <summary>The product reads such a disk without a word of complaint and without a wrong answer.</summary>
    public string? Misread(Dictionary<string, byte[]> disk)
    {
        var image = Scratch.Make();
        try
        {
            foreach (var (path, content) in disk)
            {
                var full = Path.Combine(image, Path.GetRelativePath(folder, path));
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllBytes(full, content);
            }

            _ = new Trust(Path.Combine(image, "trusted.json")).IsTrusted("/home/x", "hash-1");
            var broken = new TokenFolder(Path.Combine(image, "tokens")).All().FirstOrDefault(entry => entry.Token is null && !entry.Path.EndsWith(".tmp", StringComparison.Ordinal));
            return broken.Path is null ? null : $"{broken.Path} holds no token";
        }
        catch (BadInputException error)
        {
            return error.Message;
        }
        finally
        {
            Directory.Delete(image, recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Task(MemoryStore store, string number) => store.Write(transaction =>
    {
        transaction.Put(new Domain.Scheduling.WorkTask { Id = new TaskId($"2.5.{number}"), Story = World.Story, Title = "task", Module = $"m{number}" });
        transaction.Append(SimulatedTime.Noon, "task.added", "one more");
        return true;
    });

    private void Do(Action write)
    {
        var begun = steps.Count;
        write();
        foreach (var renamed in steps.Skip(begun).OfType<DiskStep.Renamed>())
        {
            promises.Add((renamed.To, File.ReadAllBytes(renamed.To), begun, steps.Count));
        }
    }
}
