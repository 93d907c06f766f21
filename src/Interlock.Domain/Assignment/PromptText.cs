using System.Globalization;
using System.Text;

namespace Interlock.Domain.Assignment;

/// <summary>Puts untrusted text into Markdown so that it stays what it is: one line of words, or a block of data.</summary>
internal static class PromptText
{
    private const int LongestLine = 300;
    private const int LongestLog = 16_000;

    /// <summary>One line without control, format or backtick characters; those could hide text or end a code span.</summary>
    public static string Line(string? text)
    {
        var line = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (rune.Value == '`')
            {
                line.Append('\'');
            }
            else if (!IsInvisible(rune))
            {
                line.Append(rune.ToString());
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }

            if (line.Length > LongestLine)
            {
                return line.ToString().Trim() + "…";
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>A code span that survives backticks in the text.</summary>
    public static string Code(string text)
    {
        var line = Line(text.Replace('`', '\uE000')).Replace('\uE000', '`');
        var ticks = new string('`', LongestRun(line, '`') + 1);
        return line.StartsWith('`') || line.EndsWith('`') || line.Length == 0 ? $"{ticks} {line} {ticks}" : $"{ticks}{line}{ticks}";
    }

    /// <summary>The end of a text in a fence longer than any run of backticks inside it.</summary>
    public static string Fence(string text)
    {
        var tail = text.Length <= LongestLog ? text : "…" + text[^LongestLog..];
        var visible = string.Concat(tail.ReplaceLineEndings("\n").Trim('\n').EnumerateRunes()
            .Where(rune => rune.Value is '\n' or '\t' || !IsInvisible(rune) || rune.Value == ' ')
            .Select(rune => rune.ToString()));
        var fence = new string('`', Math.Max(3, LongestRun(visible, '`') + 1));
        return $"{fence}text\n{visible}\n{fence}";
    }

    private static bool IsInvisible(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static int LongestRun(string text, char letter)
    {
        int longest = 0, run = 0;
        foreach (var c in text)
        {
            run = c == letter ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
