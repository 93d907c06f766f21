using System.Buffers;

namespace Interlock.Domain.Plans;

/// <summary>The id at the start of a task's text, as written, and where the text goes on; no id is an empty one.</summary>
/// <param name="IsNamed">True when the word <c>Task</c> or a colon says that this is an id and not a mere number.</param>
/// <param name="OpensBold">True when the id stands in bold that closes only after it.</param>
internal readonly record struct TaskIdText(string Id, int TextIndex, bool IsNamed, bool OpensBold)
{
    private static readonly SearchValues<char> DottedNumber = SearchValues.Create(".0123456789");

    public static TaskIdText Read(string text)
    {
        // Kiro marks optional tasks with a star right after the brackets.
        var start = text.Length > 1 && text[0] == '*' && text[1] != '*' ? 1 : 0;
        start = Checkbox.SkipSpace(text, start);
        var index = start;
        while (index < text.Length && text[index] is '*' or '_' or '`')
        {
            index++;
        }

        var opened = index > start;
        var afterWord = SkipTaskWord(text, index);
        var named = afterWord > index;
        var end = EndOfToken(text, afterWord);
        var token = text.AsSpan(afterWord, end - afterWord).TrimEnd("*_`").TrimEnd(".)");
        var closed = text.AsSpan(afterWord + token.Length, end - afterWord - token.Length).IndexOfAny("*_`") >= 0;
        var colon = end < text.Length && text[end] is ':' or '：';
        if (!IsId(token, named, colon))
        {
            return new TaskIdText("", start, false, false);
        }

        return new TaskIdText(token.ToString(), SkipSeparator(text, end), named || colon, opened && !closed);
    }

    /// <summary>Index past <c>Task </c> or <c>Task #</c>, in any case; unchanged when the word is not there.</summary>
    public static int SkipTaskWord(string text, int index)
    {
        const string Word = "task";
        var end = index + Word.Length;
        if (end >= text.Length || !text.AsSpan(index, Word.Length).Equals(Word, StringComparison.OrdinalIgnoreCase)
            || !(char.IsWhiteSpace(text[end]) || text[end] == '#'))
        {
            return index;
        }

        end = Checkbox.SkipSpace(text, end);
        return end < text.Length && text[end] == '#' ? end + 1 : end;
    }

    private static int EndOfToken(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not (':' or '：' or '[' or ']'))
        {
            end++;
        }

        return end;
    }

    private static bool IsId(ReadOnlySpan<char> token, bool named, bool colon)
    {
        if (token.Length == 0)
        {
            return false;
        }

        var isDotted = char.IsAsciiDigit(token[0]) && token.IndexOfAnyExcept(DottedNumber) < 0;
        if (isDotted && (named || token.Contains('.')))
        {
            return true;
        }

        // "Task list: …" and "Task runner …" are plain words; "Task ../x: …" means to be an id and must be refused aloud.
        var hasDigit = token.IndexOfAnyInRange('0', '9') >= 0;
        if (named)
        {
            return (colon && (hasDigit || token.IndexOfAny("/\\.") >= 0)) || (hasDigit && char.IsAsciiDigit(token[0]) && token.IndexOfAny("./") >= 0);
        }

        return hasDigit && IsPrefixed(token) && (colon || IsSpelled(token));
    }

    /// <summary>True for <c>PRM.1</c>, <c>DL-REHYDRATE.2</c>, <c>TASK-12</c>: upper case and a number.</summary>
    private static bool IsPrefixed(ReadOnlySpan<char> token)
    {
        var separator = token.LastIndexOf('.');
        if (separator < 0 && token.StartsWith("TASK-"))
        {
            separator = token.LastIndexOf('-');
        }

        return separator > 0 && char.IsAsciiLetterUpper(token[0])
            && token[(separator + 1)..].IndexOfAnyExceptInRange('0', '9') < 0 && separator + 1 < token.Length
            && token[..separator].IndexOfAnyInRange('a', 'z') < 0;
    }

    /// <summary>True for <c>PRM.1</c> and <c>DL-REHYDRATE.2</c>, which nobody writes for anything but an id.</summary>
    private static bool IsSpelled(ReadOnlySpan<char> token) =>
        token.LastIndexOf('.') is > 2 and var dot && token[..3].IndexOfAnyExceptInRange('A', 'Z') is < 0 or 2 && token[..dot].IndexOf('.') < 0;

    private static int SkipSeparator(string text, int index)
    {
        index = Checkbox.SkipSpace(text, index);
        if (index >= text.Length)
        {
            return index;
        }

        var isDash = text[index] is '-' or '–' or '—' && (index + 1 == text.Length || char.IsWhiteSpace(text[index + 1]));
        return text[index] is ':' or '：' || isDash ? Checkbox.SkipSpace(text, index + 1) : index;
    }
}
