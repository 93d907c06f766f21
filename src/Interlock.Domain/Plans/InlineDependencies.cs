using System.Text.RegularExpressions;

namespace Interlock.Domain.Plans;

/// <summary>Ids that a sentence names as coming first: <c>(depends on T012, T013)</c>, <c>after T004-T006</c>.</summary>
internal static partial class InlineDependencies
{
    private const int LongestRange = 50;

    /// <param name="letter"><c>T</c> for ids such as T012; a digit for ids such as 2.1.</param>
    public static IReadOnlyList<string> In(string text, IReadOnlyList<string> notes, char letter)
    {
        var found = new List<string>();
        foreach (var line in notes.Prepend(text))
        {
            var plain = line.Replace("*", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
            var matches = letter == 'T' ? LettersAfterWord().Matches(plain) : NumbersAfterWord().Matches(plain);
            foreach (Match match in matches)
            {
                found.AddRange(Ids(match.Groups["ids"].Value, letter));
            }
        }

        return [.. found.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The ids of a list such as <c>T001, T003-T005 and T009</c>, ranges spelled out.</summary>
    public static IEnumerable<string> Ids(string list, char letter)
    {
        foreach (Match match in (letter == 'T' ? LetterRange() : NumberRange()).Matches(list))
        {
            var first = match.Groups["first"].Value;
            if (match.Groups["last"] is not { Success: true } last || letter != 'T')
            {
                yield return first;
                continue;
            }

            var digits = first.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? first.Length - 1 : 0;
            var from = digits > 0 ? int.Parse(first.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) : 0;
            var to = int.Parse(last.ValueSpan.TrimStart('T'), System.Globalization.CultureInfo.InvariantCulture);
            if (digits == 0 || to < from || to - from > LongestRange)
            {
                yield return first;
                yield return $"T{last.ValueSpan.TrimStart('T')}";
                continue;
            }

            for (var number = from; number <= to; number++)
            {
                yield return $"T{number.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(digits, '0')}";
            }
        }
    }

    private const string Words = @"(?:\bdep(?:end(?:s|encies|ency|ing)?|s)?(?:\s+(?:on|upon))?|\brequires|\bblocked\s+by|\bafter)\s*:?\s*(?:tasks?\s+)?";

    [GeneratedRegex(Words + @"(?<ids>T\d{2,6}[a-z]?(?:\s*(?:,|and\b|&|\+|/|;|-|–|—|\bto\b|through)(?:\s*and\b)?\s*T\d{2,6}[a-z]?){0,60})", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LettersAfterWord();

    // Numbers are everywhere in sentences, so only the plain words count, and only for dotted numbers.
    [GeneratedRegex(@"(?:\bdepend(?:s|encies|ency)?(?:\s+on)?|\bblocked\s+by)\s*:?\s*(?:tasks?\s+)?(?<ids>\d+\.\d+[a-z]?(?:\.\d+)*(?:\s*(?:,|and\b|&|\+)\s*(?:tasks?\s+)?\d+\.\d+[a-z]?(?:\.\d+)*){0,60})", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NumbersAfterWord();

    [GeneratedRegex(@"(?<first>T\d{2,6}[a-z]?)(?:\s*(?:-|–|—|\bto\b|through)\s*(?<last>T\d{2,6}))?", RegexOptions.CultureInvariant)]
    private static partial Regex LetterRange();

    [GeneratedRegex(@"(?<first>\d+\.\d+[a-z]?(?:\.\d+)*)(?<last>$^)?", RegexOptions.CultureInvariant)]
    private static partial Regex NumberRange();
}
