namespace Interlock.Domain.Plans;

/// <summary>A bracketed <c>[Key: value]</c> of a task's text.</summary>
/// <param name="Start">Character index of the opening bracket.</param>
/// <param name="End">Character index just past the closing bracket.</param>
/// <param name="IsClosed">False when the closing bracket is missing and the value runs to the end.</param>
internal sealed record TaskAttribute(string Key, string Value, int Start, int End, AttributeName Name, bool IsClosed);

internal enum AttributeName
{
    Unknown,
    Complexity,
    Dependencies,
    Files,
    Agent,
}

internal static class TaskAttributes
{
    private const int LongestKey = 24;

    /// <summary>Attributes left to right. Brackets may nest, as in <c>[Files: app/[id]/page.tsx]</c>; code spans are skipped.</summary>
    public static List<TaskAttribute> Find(string text, int from, IReadOnlyList<CodeSpan> spans)
    {
        var found = new List<TaskAttribute>();
        var open = text.IndexOf('[', from);
        if (open < 0)
        {
            return found;
        }

        var closes = MatchingBrackets(text, open);
        while (open >= 0)
        {
            var attribute = CodeSpans.Cover(spans, open) ? null : TryRead(text, open, closes[open]);
            if (attribute is not null)
            {
                found.Add(attribute);
            }

            var next = attribute?.End ?? open + 1;
            open = next >= text.Length ? -1 : text.IndexOf('[', next);
        }

        return found;
    }

    private static TaskAttribute? TryRead(string text, int open, int close)
    {
        var colon = text.AsSpan(open + 1, Math.Min(LongestKey + 1, text.Length - open - 1)).IndexOf(':');
        if (colon <= 0)
        {
            return null;
        }

        var key = text.Substring(open + 1, colon).Trim();
        if (key.Length == 0 || !key.All(character => char.IsLetter(character) || character is ' ' or '_' or '-'))
        {
            return null;
        }

        var name = NameOf(key);
        if (name == AttributeName.Unknown && (close < 0 || (close + 1 < text.Length && text[close + 1] == '(')))
        {
            return null;
        }

        var valueStart = open + colon + 2;
        var isClosed = close >= 0;
        if (!isClosed)
        {
            close = text.IndexOf(']', valueStart);
            close = close < 0 ? text.Length : close;
        }

        return new TaskAttribute(key, text[valueStart..close].Trim(), open, Math.Min(close + 1, text.Length), name, isClosed);
    }

    private static AttributeName NameOf(string key) =>
        string.Concat(key.Where(char.IsLetter)).ToUpperInvariant() switch
        {
            "COMPLEXITY" => AttributeName.Complexity,
            "DEPENDENCIES" or "DEPENDENCY" or "DEPENDSON" or "DEPENDS" or "DEPS" => AttributeName.Dependencies,
            "FILES" or "FILE" => AttributeName.Files,
            "AGENT" => AttributeName.Agent,
            _ => AttributeName.Unknown,
        };

    private static Dictionary<int, int> MatchingBrackets(string text, int from)
    {
        var closes = new Dictionary<int, int>();
        var opened = new Stack<int>();
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '[')
            {
                closes[i] = -1;
                opened.Push(i);
            }
            else if (text[i] == ']' && opened.TryPop(out var open))
            {
                closes[open] = i;
            }
        }

        return closes;
    }
}
