namespace Interlock.Engine.Agents;

/// <summary>A number that is equal for equal texts and hardly ever for others (FNV-1a): enough to notice that somebody repeats himself.</summary>
internal static class TextPrint
{
    private const ulong Start = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(ReadOnlySpan<char> text)
    {
        var print = Start;
        foreach (var letter in text)
        {
            print = (print ^ letter) * Prime;
        }

        return print;
    }

    public static ulong Join(ulong one, ulong other) => (one ^ (other + (one << 6) + (one >> 2))) * Prime;
}
