namespace Interlock.Domain.Plans;

/// <summary>The text of a story heading: <c>Story 2.5: Title</c>, also <c>Test Story 0.1: …</c>, <c>[x] Story 1.1: …</c>.</summary>
/// <param name="Id">As written; may be outside the id grammar.</param>
/// <param name="Mark">What the heading's own checkbox says; null when it has none.</param>
internal sealed record StoryHeading(string Id, string Title, PlanMark? Mark)
{
    private const int MaxWordsBefore = 2;

    // "Notes for Story 2.5: …" speaks about a story; it does not open one.
    private static readonly HashSet<string> Prepositions =
        new(StringComparer.OrdinalIgnoreCase) { "about", "after", "before", "for", "from", "in", "of", "on", "per", "see", "to", "with" };

    public static StoryHeading? TryRead(string text)
    {
        var rest = text.AsSpan().Trim();
        PlanMark? mark = null;
        if (rest.Length > 3 && rest[0] == '[' && rest[2] == ']')
        {
            mark = rest[1] switch { ' ' => PlanMark.Pending, 'x' or 'X' => PlanMark.Done, _ => PlanMark.Unknown };
            rest = rest[3..];
        }

        rest = rest.Trim().Trim("*_").Trim();
        var words = SkipToStory(ref rest);
        if (words < 0)
        {
            return null;
        }

        var end = rest.IndexOfAny(" \t:：");
        var id = (end < 0 ? rest : rest[..end]).TrimEnd("*_.),");
        if (id.IndexOfAnyInRange('0', '9') < 0)
        {
            return null;
        }

        return TitleAfter(rest[id.Length..], words, id.Contains('.')) is { } title ? new StoryHeading(id.ToString(), title, mark) : null;
    }

    /// <summary>Reads <c>**Story 1.1: Title**</c> or <c>**Story 1.1**: Title</c> standing alone on a line.</summary>
    public static StoryHeading? TryReadBold(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("**") && !text.StartsWith("__"))
        {
            return null;
        }

        var close = text[2..].IndexOf(text[..2]);
        if (close < 0)
        {
            return null;
        }

        var after = text[(close + 4)..].TrimStart();
        return after.Length == 0 || after[0] == ':' ? TryRead($"{text.Slice(2, close)}{after}") : null;
    }

    /// <summary>Moves past the word <c>Story</c>; the number of words before it, or -1 when this is no story.</summary>
    private static int SkipToStory(ref ReadOnlySpan<char> rest)
    {
        for (var words = 0; words <= MaxWordsBefore; words++)
        {
            var end = rest.IndexOfAny(' ', '\t');
            if (end <= 0)
            {
                return -1;
            }

            var word = rest[..end];
            rest = rest[end..].TrimStart();
            if (word.Equals("story", StringComparison.OrdinalIgnoreCase))
            {
                rest = rest.TrimStart('#');
                return words;
            }

            if (word.Length > 40 || word.Contains(':') || Prepositions.Contains(word.ToString()))
            {
                return -1;
            }
        }

        return -1;
    }

    /// <summary>Null when what follows the id makes the heading a sentence about a story instead of a story.</summary>
    private static string? TitleAfter(ReadOnlySpan<char> rest, int wordsBefore, bool isDotted)
    {
        rest = rest.TrimStart("*_.) \t");
        if (rest.Length > 0 && rest[0] is ':' or '：')
        {
            return rest[1..].Trim().Trim("*").Trim().ToString();
        }

        if (wordsBefore > 0 || !isDotted)
        {
            return null;
        }

        return rest.Length == 0 ? "" : rest[0] is '-' or '–' or '—' ? rest[1..].Trim().ToString() : null;
    }
}
