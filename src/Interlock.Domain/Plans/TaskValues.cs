namespace Interlock.Domain.Plans;

/// <summary>Splits the lists that attributes hold.</summary>
internal static class TaskValues
{
    /// <summary>
    /// Ids without the word Task. A part that is not made of ids alone, such as <c>Story 2.4</c>, stays whole,
    /// so that it is reported as written and not dropped.
    /// </summary>
    public static IEnumerable<string> Dependencies(string value)
    {
        foreach (var part in value.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IsNone(part))
            {
                continue;
            }

            var words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Where(word => !IsFiller(word))
                .Select(word => word.Trim('`', '*').TrimStart('#').TrimEnd('.'))
                .ToList();
            if (words.Count > 0 && words.All(word => word.Any(char.IsAsciiDigit) && Identifiers.IsValid(word)))
            {
                foreach (var word in words)
                {
                    yield return word;
                }
            }
            else
            {
                yield return TaskText.Collapse(part);
            }
        }
    }

    /// <summary>Patterns as written; a comma inside braces belongs to the pattern, a remark in parentheses at the end does not.</summary>
    public static IEnumerable<string> Files(string value)
    {
        int depth = 0, start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && (depth > 0 || value[i] is not (',' or ';')))
            {
                depth += value[i] switch { '{' => 1, '}' when depth > 0 => -1, _ => 0 };
                continue;
            }

            if (File(value[start..i]) is { } file)
            {
                yield return file;
            }

            start = i + 1;
        }
    }

    private static string? File(string part)
    {
        var file = part.Trim();
        var remark = file.LastIndexOf(" (", StringComparison.Ordinal);
        if (remark > 0 && file.EndsWith(')'))
        {
            file = file[..remark].TrimEnd();
        }

        file = file.Trim('`', '"').Trim();
        return file.Length == 0 || IsNone(file) ? null : file;
    }

    private static bool IsNone(string text) =>
        text.Equals("none", StringComparison.OrdinalIgnoreCase) || text.Equals("n/a", StringComparison.OrdinalIgnoreCase)
        || text is "-" or "–" or "—";

    private static bool IsFiller(string word) =>
        word.Equals("task", StringComparison.OrdinalIgnoreCase) || word.Equals("tasks", StringComparison.OrdinalIgnoreCase)
        || word.Equals("and", StringComparison.OrdinalIgnoreCase) || word == "&";
}
