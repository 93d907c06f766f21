namespace Interlock.Domain.Merging;

/// <summary>What it means that a file holds both sides' changes, told by how often each line stands in it.</summary>
public static class LineUnion
{
    /// <summary>
    /// Null when every line that a side added is there and every line that a side removed is gone; else a line for which
    /// that is not so. Equal additions of both sides may stand once or twice.
    /// </summary>
    public static string? FirstFault(string before, string ours, string theirs, string merged)
    {
        var (b, o, t, m) = (Count(before), Count(ours), Count(theirs), Count(merged));
        foreach (var line in b.Keys.Concat(o.Keys).Concat(t.Keys).Concat(m.Keys).Distinct(StringComparer.Ordinal))
        {
            var (was, left, right) = (b.GetValueOrDefault(line), o.GetValueOrDefault(line), t.GetValueOrDefault(line));
            var both = left + right - was;
            var (least, most) = left >= was && right >= was ? (Math.Max(left, right), both)
                : left <= was && right <= was ? (Math.Max(0, both), Math.Min(left, right))
                : (both, both);
            if (m.GetValueOrDefault(line) < least || m.GetValueOrDefault(line) > most)
            {
                return line;
            }
        }

        return null;
    }

    // Empty lines part paragraphs; how many there are says nothing.
    private static Dictionary<string, int> Count(string text) => text.Split('\n')
        .Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)
        .GroupBy(line => line, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}
