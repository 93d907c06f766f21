using System.Globalization;

namespace Interlock.Domain.Plans;

/// <summary>
/// A checkbox line of any Markdown plan: indent, bullet (<c>- * +</c>, <c>1.</c> or <c>1)</c>), one mark between brackets, text.
/// </summary>
/// <param name="Indent">Columns before the bullet; a tab reaches the next multiple of four.</param>
/// <param name="MarkIndex">Character index of the mark.</param>
/// <param name="Mark">The mark as written: one user-perceived character.</param>
/// <param name="TextIndex">Character index just past the closing bracket.</param>
/// <param name="IsWellFormed">
/// False for what a reader would take for a checkbox and Markdown does not: <c>[]</c>, <c>[x ]</c>, no bullet, an odd bullet, quoted.
/// </param>
public sealed record Checkbox(int Indent, int MarkIndex, string Mark, int TextIndex, bool IsWellFormed)
{
    public PlanMark PlanMark => Mark switch
    {
        " " => PlanMark.Pending,
        "x" or "X" => PlanMark.Done,
        _ => PlanMark.Unknown,
    };

    /// <summary>Null when the line is nothing like a checkbox.</summary>
    public static Checkbox? TryRead(string line)
    {
        var index = SkipSpace(line, 0);
        var indent = Columns(line, index);
        var quoted = false;
        while (index < line.Length && line[index] == '>')
        {
            quoted = true;
            index = SkipSpace(line, index + 1);
        }

        var afterBullet = SkipBullet(line, index, out var plain);
        var open = SkipSpace(line, afterBullet);
        if (open + 1 >= line.Length || line[open] != '[')
        {
            return null;
        }

        var proper = !quoted && plain && afterBullet > index;
        return OneMark(line, open, indent, proper) ?? NearMark(line, open, indent);
    }

    /// <summary>Columns taken by the white space in front of <paramref name="end"/>.</summary>
    internal static int Columns(string line, int end)
    {
        var columns = 0;
        for (var i = 0; i < end; i++)
        {
            columns = line[i] == '\t' ? (columns / 4 * 4) + 4 : columns + 1;
        }

        return columns;
    }

    internal static int SkipSpace(string line, int index)
    {
        while (index < line.Length && char.IsWhiteSpace(line[index]))
        {
            index++;
        }

        return index;
    }

    /// <summary>Index past a list bullet, or <paramref name="index"/> itself when there is none.</summary>
    internal static int SkipBullet(string line, int index, out bool plain)
    {
        plain = true;
        if (index >= line.Length)
        {
            return index;
        }

        if (line[index] is '-' or '*' or '+')
        {
            return index + 1;
        }

        if (line[index] is '•' or '–' or '—' or '‣' or '◦' or '·')
        {
            plain = false;
            return index + 1;
        }

        var end = index;
        while (end < line.Length && char.IsAsciiDigit(line[end]))
        {
            end++;
        }

        return end > index && end < line.Length && line[end] is '.' or ')' ? end + 1 : index;
    }

    private static Checkbox? OneMark(string line, int open, int indent, bool proper)
    {
        if (line[open + 1] == ']')
        {
            return null;
        }

        var length = StringInfo.GetNextTextElementLength(line.AsSpan(open + 1));
        var close = open + 1 + length;
        if (close >= line.Length || line[close] != ']')
        {
            return null;
        }

        var mark = line.Substring(open + 1, length);
        var known = mark is " " or "x" or "X";
        var isLink = !known && close + 1 < line.Length && line[close + 1] == '(';
        return isLink || (!proper && !known) ? null : new Checkbox(indent, open + 1, mark, close + 1, proper);
    }

    private static Checkbox? NearMark(string line, int open, int indent)
    {
        var close = line.AsSpan(open, Math.Min(line.Length - open, 6)).IndexOf(']');
        if (close < 0)
        {
            return null;
        }

        var inner = line.AsSpan(open + 1, close - 1).Trim();
        var isLink = open + close + 1 < line.Length && line[open + close + 1] is '(' or '[' or ':';
        return inner is "" or "x" or "X" && !isLink
            ? new Checkbox(indent, open + 1, inner.ToString(), open + close + 1, false)
            : null;
    }
}
