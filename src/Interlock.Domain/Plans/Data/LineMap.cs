namespace Interlock.Domain.Plans.Data;

/// <summary>Which line a byte stands on. Lines end with LF, so CRLF counts once.</summary>
internal sealed class LineMap
{
    private readonly List<int> starts = [0];

    public LineMap(ReadOnlySpan<byte> utf8)
    {
        for (var at = 0; utf8[at..].IndexOf((byte)'\n') is >= 0 and var next;)
        {
            at += next + 1;
            starts.Add(at);
        }
    }

    /// <summary>1-based.</summary>
    public int LineOf(int offset)
    {
        var index = starts.BinarySearch(offset);
        return index >= 0 ? index + 1 : ~index;
    }
}
