namespace Interlock.Domain.Leasing;

/// <summary>Which of many file sets share files.</summary>
internal static class Overlaps
{
    /// <summary>For each set the numbers of the others that overlap it, in order.</summary>
    public static int[][] Of(IReadOnlyList<FileSet> sets, bool ignoreCase)
    {
        var index = new PatternIndex<int>(ignoreCase);
        var found = new SortedSet<int>?[sets.Count];
        for (var set = 0; set < sets.Count; set++)
        {
            foreach (var pattern in sets[set].Patterns)
            {
                foreach (var (_, other) in index.Overlapping(pattern))
                {
                    if (other != set)
                    {
                        (found[set] ??= []).Add(other);
                        (found[other] ??= []).Add(set);
                    }
                }
            }

            foreach (var pattern in sets[set].Patterns)
            {
                index.Add(pattern, set);
            }
        }

        return [.. found.Select(set => set?.ToArray() ?? [])];
    }
}
