namespace Interlock.Domain.Leasing;

/// <summary>A set of code points as sorted, disjoint, inclusive ranges. Either it is exactly <c>/</c> or it does not hold <c>/</c>.</summary>
internal sealed class FilePatternSet
{
    private const int Last = 0x10FFFF;

    // Letters whose fold differs from themselves: about 1,400, all below the end of the supplementary alphabets.
    private static readonly Lazy<(int Letter, int Folded)[]> Cased = new(() =>
        [.. Enumerable.Range(0, 0x1F000).Select(c => (c, FilePatternText.Fold(c))).Where(pair => pair.c != pair.Item2)]);

    private readonly (int Low, int High)[] _ranges;

    private FilePatternSet(IEnumerable<(int Low, int High)> ranges) => _ranges = Merge(ranges);

    public static FilePatternSet Slash { get; } = new([('/', '/')]);

    public static FilePatternSet AllButSlash { get; } = new([(0, '/' - 1), ('/' + 1, Last)]);

    public bool IsSlash => ReferenceEquals(this, Slash);

    public bool IsEmpty => _ranges.Length == 0;

    public static FilePatternSet Of(int codePoint) => new([(codePoint, codePoint)]);

    public static FilePatternSet Of(IEnumerable<(int Low, int High)> ranges) => new FilePatternSet(ranges).Intersect(AllButSlash);

    public FilePatternSet Complement()
    {
        var gaps = new List<(int, int)>();
        var next = 0;
        foreach (var (low, high) in _ranges)
        {
            if (low > next)
            {
                gaps.Add((next, low - 1));
            }

            next = high + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    /// <summary>
    /// Adds the fold of every member. Unfolded members may stay: two sets sharing one share its fold as well.
    /// </summary>
    public FilePatternSet Fold()
    {
        if (IsSlash || ReferenceEquals(this, AllButSlash))
        {
            return this;
        }

        if (_ranges is [var only] && only.Low == only.High)
        {
            return Of(FilePatternText.Fold(only.Low));
        }

        return new(_ranges.Concat(Cased.Value.Where(pair => Contains(pair.Letter)).Select(pair => (pair.Folded, pair.Folded))));
    }

    public bool Contains(int codePoint)
    {
        foreach (var (low, high) in _ranges)
        {
            if (codePoint <= high)
            {
                return codePoint >= low;
            }
        }

        return false;
    }

    public bool Meets(FilePatternSet other)
    {
        int i = 0, j = 0;
        while (i < _ranges.Length && j < other._ranges.Length)
        {
            if (_ranges[i].High < other._ranges[j].Low)
            {
                i++;
            }
            else if (other._ranges[j].High < _ranges[i].Low)
            {
                j++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private FilePatternSet Intersect(FilePatternSet other) => new(
        from mine in _ranges
        from theirs in other._ranges
        let low = Math.Max(mine.Low, theirs.Low)
        let high = Math.Min(mine.High, theirs.High)
        where low <= high
        select (low, high));

    private static (int, int)[] Merge(IEnumerable<(int Low, int High)> ranges)
    {
        var merged = new List<(int Low, int High)>();
        foreach (var range in ranges.OrderBy(r => r.Low))
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
            {
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }
}
