namespace Interlock.Domain.Plans;

/// <summary>An inline code span: from the first back-tick to just past the last, and the text between them.</summary>
/// <param name="Start">Character index of the opening back-tick.</param>
/// <param name="End">Character index just past the closing back-tick.</param>
/// <param name="Ticks">Number of back-ticks on either side.</param>
public readonly record struct CodeSpan(int Start, int End, int Ticks)
{
    public string ContentOf(string text) => text[(Start + Ticks)..(End - Ticks)];
}

public static class CodeSpans
{
    /// <summary>All code spans of a text, left to right, in time linear in its length.</summary>
    public static IReadOnlyList<CodeSpan> Find(string text)
    {
        if (!text.Contains('`', StringComparison.Ordinal))
        {
            return [];
        }

        var runs = Runs(text);
        var next = new int[runs.Count];
        var nearest = new Dictionary<int, int>();
        for (var i = runs.Count - 1; i >= 0; i--)
        {
            next[i] = nearest.GetValueOrDefault(runs[i].Length, -1);
            nearest[runs[i].Length] = i;
        }

        var spans = new List<CodeSpan>();
        for (var i = 0; i < runs.Count; i++)
        {
            if (next[i] < 0)
            {
                continue;
            }

            var close = runs[next[i]];
            spans.Add(new CodeSpan(runs[i].Start, close.Start + close.Length, close.Length));
            i = next[i];
        }

        return spans;
    }

    /// <summary>True when the character at <paramref name="index"/> lies inside one of the spans.</summary>
    public static bool Cover(IReadOnlyList<CodeSpan> spans, int index)
    {
        int low = 0, high = spans.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (index < spans[middle].Start)
            {
                high = middle - 1;
            }
            else if (index >= spans[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private static List<(int Start, int Length)> Runs(string text)
    {
        var runs = new List<(int, int)>();
        for (var i = text.IndexOf('`', StringComparison.Ordinal); i >= 0 && i < text.Length; i = text.IndexOf('`', i))
        {
            var start = i;
            while (i < text.Length && text[i] == '`')
            {
                i++;
            }

            runs.Add((start, i - start));
        }

        return runs;
    }
}
