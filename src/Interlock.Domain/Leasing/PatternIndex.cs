namespace Interlock.Domain.Leasing;

/// <summary>
/// Finds, among many patterns, the few that may share a path with one: those whose leading directories lie on the way to
/// its own, or below them. Whether they do is for <see cref="FilePattern.Overlaps"/> to say.
/// </summary>
internal sealed class PatternIndex<T>(bool ignoreCase)
{
    private readonly Dictionary<string, List<(FilePattern Pattern, T Owner)>> at = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(FilePattern Pattern, T Owner)>> below = new(StringComparer.Ordinal);

    public void Add(FilePattern pattern, T owner)
    {
        var anchor = pattern.Anchor(ignoreCase);
        Put(at, anchor, (pattern, owner));
        for (var end = anchor.Length; end > 0;)
        {
            end = Math.Max(0, anchor.LastIndexOf('/', end - 1));
            Put(below, anchor[..end], (pattern, owner));
        }
    }

    /// <summary>Every owner of a pattern that overlaps this one, with that pattern; an owner of several comes several times.</summary>
    public IEnumerable<(FilePattern Pattern, T Owner)> Overlapping(FilePattern pattern)
    {
        if (at.Count == 0)
        {
            yield break;
        }

        foreach (var near in Near(pattern.Anchor(ignoreCase)))
        {
            foreach (var entry in near)
            {
                if (pattern.Overlaps(entry.Pattern, ignoreCase))
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>True when no pattern here can share a path with the one of this text, told without reading it; else it has to be read.</summary>
    public bool IsClearOf(string text)
    {
        if (at.Count == 0)
        {
            return true;
        }

        if (ignoreCase || !FilePatternText.IsPlainPath(text) || below.ContainsKey(text) || at.ContainsKey(text))
        {
            return false;
        }

        var anchors = at.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = text.LastIndexOf('/'); end > 0; end = text.LastIndexOf('/', end - 1))
        {
            if (anchors.ContainsKey(text.AsSpan(0, end)))
            {
                return false;
            }
        }

        return !anchors.ContainsKey([]);
    }

    private IEnumerable<List<(FilePattern Pattern, T Owner)>> Near(string anchor)
    {
        if (below.TryGetValue(anchor, out var under))
        {
            yield return under;
        }

        for (var end = anchor.Length; end >= 0; end = end == 0 ? -1 : Math.Max(0, anchor.LastIndexOf('/', end - 1)))
        {
            if (at.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(anchor.AsSpan(0, end), out var here))
            {
                yield return here;
            }
        }
    }

    private static void Put(Dictionary<string, List<(FilePattern, T)>> lists, string key, (FilePattern, T) entry)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        list.Add(entry);
    }
}
