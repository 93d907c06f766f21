using Interlock.Engine.Platform;

namespace Interlock.Tests.Faults.PowerLoss;

/// <summary>
/// What a disk may hold after the power went: data that was not synchronized may be missing or torn, and of the names that were
/// changed in a folder since it was synchronized only the first few, in the order of the changes, may be there.
/// </summary>
internal sealed class SimulatedDisk(IReadOnlyList<DiskStep> steps)
{
    /// <summary>One of the possible contents after this many steps.</summary>
    public Dictionary<string, byte[]> After(int count, Random chance)
    {
        var data = new List<(byte[] Content, bool Synchronized)>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var durable = new Dictionary<string, int>(StringComparer.Ordinal);
        var pending = new List<(string? Folder, Action<Dictionary<string, int>> Change)>();
        foreach (var step in steps.Take(count))
        {
            switch (step)
            {
                case DiskStep.Wrote wrote:
                    data.Add((wrote.Content, false));
                    var inode = data.Count - 1;
                    names[wrote.Path] = inode;
                    pending.Add((Path.GetDirectoryName(wrote.Path), all => all[wrote.Path] = inode));
                    break;
                case DiskStep.Synchronized synchronized:
                    var at = names[synchronized.Path];
                    data[at] = data[at] with { Synchronized = true };
                    break;
                case DiskStep.Renamed renamed:
                    var moved = names[renamed.From];
                    names.Remove(renamed.From);
                    names[renamed.To] = moved;
                    pending.Add((Path.GetDirectoryName(renamed.To), all =>
                    {
                        all.Remove(renamed.From);
                        all[renamed.To] = moved;
                    }));
                    break;
                case DiskStep.FolderSynchronized folder:
                    pending.Where(name => name.Folder == folder.Path).ToList().ForEach(name => name.Change(durable));
                    pending.RemoveAll(name => name.Folder == folder.Path);
                    break;
            }
        }

        pending.Take(chance.Next(pending.Count + 1)).ToList().ForEach(name => name.Change(durable));
        return durable.ToDictionary(entry => entry.Key, entry => Torn(data[entry.Value], chance), StringComparer.Ordinal);
    }

    private static byte[] Torn((byte[] Content, bool Synchronized) file, Random chance)
    {
        if (file.Synchronized)
        {
            return file.Content;
        }

        // As long as it should be and partly never written, or short.
        var kept = chance.Next(file.Content.Length + 1);
        var torn = chance.Next(2) == 0 ? new byte[file.Content.Length] : new byte[kept];
        file.Content.AsSpan(0, kept).CopyTo(torn);
        return torn;
    }
}
