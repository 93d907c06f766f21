using System.Collections;
using CsCheck;
using Interlock.Domain.Leasing;
using static Interlock.Tests.Leasing.PatternEnumeration;

namespace Interlock.Tests.Leasing;

/// <summary>Compares patterns with every path of a small world, decided by a reference that reads the pattern's text.</summary>
public sealed class FilePatternPropertyTests
{
    private static readonly Gen<string> Token = AnyOf(
        "a", "b", "*", "?", "[ab]", "[!a]", "[!b]", "[b-c]", "{a,b}", "{ab,c}", "{a,}", "{b*,?a}");

    private static readonly Gen<string> Name = Token.Array[1, 3].Where(IsSmall).Select(string.Concat).Where(name => !name.Contains("**"));

    private static readonly Gen<string> Segment = Gen.OneOf(Gen.Const("**"), AnyOf("a", "b", "ab", "*", "a*", "*b", "[!a]", "{a,bc}", "?"));

    private static readonly Gen<string> Tree = Segment.Array[1, 4].Where(s => s.Count(x => x != "**") <= 2).Select(s => string.Join('/', s));

    [Fact]
    public void Names_overlap_exactly_when_an_enumeration_finds_a_common_one() =>
        Name.Array[220].Sample(names => CompareAllPairs(names, [.. Words(maximum: 6), .. names.Where(IsItsOwnName).Distinct()]), iter: 2);

    [Fact]
    public void Trees_overlap_exactly_when_an_enumeration_finds_a_common_path() =>
        Tree.Array[220].Sample(trees => CompareAllPairs(trees, Paths([.. Words(maximum: 2), "[!a]"], depth: 4)), iter: 2);

    [Fact]
    public void Overlap_is_the_same_from_both_sides_in_either_case_mode() =>
        Gen.Select(Tree, Tree, Gen.Bool).Sample((left, right, ignoreCase) =>
        {
            var (one, other) = (FilePattern.Parse(left), FilePattern.Parse(right.ToUpperInvariant()));
            Assert.Equal(one.Overlaps(other, ignoreCase), other.Overlaps(one, ignoreCase));
            Assert.True(one.Overlaps(one, ignoreCase));
            if (ignoreCase)
            {
                Assert.True(one.Overlaps(FilePattern.Parse(left.ToUpperInvariant()), ignoreCase));
            }
        });

    [Fact]
    public void Any_text_is_either_a_pattern_that_reads_back_or_a_problem() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["ab*?[]{},!-/.\\"], 0, 12]).Sample(text =>
        {
            if (FilePattern.TryParse(text, out var pattern, out var problem))
            {
                Assert.Equal(pattern, FilePattern.Parse(pattern.Text));
                Assert.DoesNotContain("..", pattern.Text.Split('/'));
                Assert.True(pattern.Overlaps(pattern) || pattern.Text.Contains('[') || pattern.Text.Contains('{'));
            }
            else
            {
                Assert.NotEmpty(problem);
            }
        });

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static bool IsSmall(string[] tokens) => tokens.Count(token => token.StartsWith('{')) <= 1;

    private static void CompareAllPairs(string[] texts, string[] world)
    {
        var patterns = texts.Select(FilePattern.Parse).ToArray();
        var matched = texts.Select(text => Reference(text, world, below: false)).ToArray();
        var reached = texts.Select((text, i) => patterns[i].IsExact ? Reference(text, world, below: true) : matched[i]).ToArray();
        for (var i = 0; i < patterns.Length; i++)
        {
            foreach (var word in Enumerable.Range(0, Math.Min(world.Length, 300)).Select(n => n * 37 % world.Length))
            {
                Assert.True(patterns[i].Matches(world[word]) == matched[i][word], $"{texts[i]} and the path {world[word]}");
            }

            for (var j = 0; j <= i; j++)
            {
                var shared = new BitArray(reached[i]).And(reached[j]).HasAnySet();
                Assert.True(shared == patterns[i].Overlaps(patterns[j]), $"{texts[i]} and {texts[j]}: expected {shared}");
                Assert.True(shared == patterns[j].Overlaps(patterns[i]), $"{texts[j]} and {texts[i]}: expected {shared}");
            }
        }
    }
}
