using System.Collections.Concurrent;
using System.Globalization;

namespace Interlock.Tests.Merging.Campaign;

/// <summary>How often each kind of event happened in all stories together.</summary>
internal sealed class Counts
{
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> latest = new();

    public int this[string kind] => counts.GetValueOrDefault(kind);

    /// <summary>The newest kinds, oldest first: how a story came to where it is.</summary>
    public string Latest => string.Join("; ", latest.TakeLast(25));

    public void Add(string kind, int by = 1)
    {
        counts.AddOrUpdate(kind, by, (_, known) => known + by);
        if (by > 0)
        {
            latest.Enqueue(kind);
        }
    }

    public void Add(Counts other)
    {
        foreach (var (kind, count) in other.counts)
        {
            Add(kind, count);
        }
    }

    public override string ToString() =>
        string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")));
}
