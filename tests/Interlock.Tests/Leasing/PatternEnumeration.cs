using System.Collections;
using Interlock.Domain.Leasing;

namespace Interlock.Tests.Leasing;

/// <summary>Decides patterns by every path of a small world, from the pattern's text alone; shares no code with the product.</summary>
internal static class PatternEnumeration
{
    private static readonly string[] Segments = ["**", "a", "b", "ab", "*", "a*", "*b", "?", "[ab]c", "{a,bc}", "{b*,?a}", "c?"];

    /// <summary>Compares every pair of random patterns with what enumeration says; returns how many pairs.</summary>
    public static long Compare(int seed, int count, List<string> wrong)
    {
        var random = new Random(seed);
        var texts = Enumerable.Range(0, count).Select(_ => Tree(random)).Distinct(StringComparer.Ordinal).ToArray();
        var world = Paths(Words(maximum: 2), depth: 4);
        var patterns = texts.Select(FilePattern.Parse).ToArray();
        var reached = texts.Select((text, i) => Reference(text, world, below: patterns[i].IsExact)).ToArray();
        var pairs = 0L;
        for (var i = 0; i < patterns.Length; i++)
        {
            for (var j = 0; j <= i; j++, pairs++)
            {
                var shared = new BitArray(reached[i]).And(reached[j]).HasAnySet();
                if (shared != patterns[i].Overlaps(patterns[j]) || shared != patterns[j].Overlaps(patterns[i]))
                {
                    wrong.Add($"seed {seed}: {texts[i]} and {texts[j]}: expected {shared}");
                }
            }
        }

        return pairs;
    }

    // At most two names each: then two of them that overlap at all have a common path no longer than the world's longest.
    private static string Tree(Random random)
    {
        while (true)
        {
            var segments = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Segments[random.Next(Segments.Length)]).ToArray();
            if (segments.Count(segment => segment != "**") <= 2)
            {
                return string.Join('/', segments);
            }
        }
    }

    public static string[] Words(int maximum)
    {
        var words = new List<string> { "" };
        for (var i = 0; words[i].Length < maximum; i++)
        {
            words.AddRange(new[] { "a", "b", "c" }.Select(letter => words[i] + letter));
        }

        return [.. words.Skip(1)];
    }

    public static string[] Paths(string[] words, int depth) => depth == 1
        ? words
        : [.. words, .. Paths(words, depth - 1).SelectMany(rest => words.Select(word => word + "/" + rest))];

    public static BitArray Reference(string pattern, string[] world, bool below)
    {
        var segments = pattern.Split('/').Select(text => Expand(text).ToArray()).ToArray();
        return new BitArray([.. world.Select(path => below && path.StartsWith(pattern + "/", StringComparison.Ordinal)
            || Matches(segments, path.Split('/')))]);
    }

    private static IEnumerable<string> Expand(string text)
    {
        var open = text.IndexOf('{');
        var close = text.IndexOf('}');
        return open < 0
            ? [text]
            : text[(open + 1)..close].Split(',').SelectMany(choice => Expand(text[..open] + choice + text[(close + 1)..]));
    }

    /// <summary>Each segment as the spellings its braces stand for.</summary>
    private static bool Matches(ReadOnlySpan<string[]> pattern, ReadOnlySpan<string> path) => pattern switch
    {
        [] => path.IsEmpty,
        [["**"], ..] => Matches(pattern[1..], path) || (!path.IsEmpty && Matches(pattern, path[1..])),
        _ => !path.IsEmpty && IsSegment(pattern[0], path[0]) && Matches(pattern[1..], path[1..]),
    };

    private static bool IsSegment(string[] spellings, string name) =>
        spellings.Any(spelling => IsName(spelling, name)) || (spellings is [var only] && IsItsOwnName(only) && only == name);

    public static bool IsItsOwnName(string pattern) => pattern.Contains('[') && pattern.AsSpan().IndexOfAny("*?{") < 0;

    private static bool IsName(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) => pattern switch
    {
        [] => name.IsEmpty,
        ['*', ..] => IsName(pattern[1..], name) || (!name.IsEmpty && IsName(pattern, name[1..])),
        ['[', '!', var not, ']', ..] => !name.IsEmpty && name[0] != not && IsName(pattern[4..], name[1..]),
        ['[', var low, '-', var high, ']', ..] => !name.IsEmpty && name[0] >= low && name[0] <= high && IsName(pattern[5..], name[1..]),
        ['[', var one, var two, ']', ..] => !name.IsEmpty && (name[0] == one || name[0] == two) && IsName(pattern[4..], name[1..]),
        _ => !name.IsEmpty && (pattern[0] == '?' || pattern[0] == name[0]) && IsName(pattern[1..], name[1..]),
    };
}
