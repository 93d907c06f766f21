using System.Diagnostics;
using Interlock.Domain.Leasing;

namespace Interlock.Tests.Leasing;

public sealed class FilePatternTests
{
    [Theory]
    [InlineData("src/a.cs", "src/a.cs")]
    [InlineData("./src/a.cs", "src/a.cs")]
    [InlineData("src\\api\\a.cs", "src/api/a.cs")]
    [InlineData("src/", "src/**")]
    [InlineData("e\u0301te\u0301.md", "été.md")]
    [InlineData("\u1112\u1161\u11ab.md", "한.md")]
    [InlineData("e\u0323\u0302", "ệ")]
    [InlineData(".github/x.yml", ".github/x.yml")]
    [InlineData(".gitignore", ".gitignore")]
    public void A_pattern_has_one_spelling(string text, string expected)
    {
        var pattern = FilePattern.Parse(text);

        Assert.Equal(expected, pattern.Text);
        Assert.Equal(pattern, FilePattern.Parse(pattern.Text));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("./", "empty segment")]
    [InlineData(".", "'.' segment")]
    [InlineData("a//b", "empty segment")]
    [InlineData("a/../b", "'..' segment")]
    [InlineData("..\\b", "'..' segment")]
    [InlineData("/etc/passwd", "relative")]
    [InlineData("\\\\host\\share", "relative")]
    [InlineData("c:\\windows", "relative")]
    [InlineData("a\0b", "control")]
    [InlineData("a\nb", "control")]
    [InlineData(".git/config", ".git")]
    [InlineData("sub/.GIT/config", ".git")]
    [InlineData(".git. /config", ".git")]
    [InlineData(".git::$INDEX_ALLOCATION/config", ".git")]
    [InlineData("GIT~1/config", ".git")]
    [InlineData("src/**.cs", "'**' inside a segment")]
    [InlineData("a/[b", "']'")]
    [InlineData("[z-a]", "empty range")]
    [InlineData("{a,b", "'}'")]
    [InlineData("{a/b,c}", "'}'")]
    public void A_pattern_that_names_nothing_inside_the_repository_is_refused(string text, string reason)
    {
        Assert.False(FilePattern.TryParse(text, out var pattern, out var problem));
        Assert.Null(pattern);
        Assert.Contains(reason, problem);
        Assert.Throws<FormatException>(() => FilePattern.Parse(text));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.False(FilePattern.TryParse("a" + (char)0xD800, out _, out _));

    [Fact]
    public void Length_and_braces_have_a_limit_that_the_problem_names()
    {
        Assert.True(FilePattern.TryParse(new string('a', 1024), out _, out _));
        Assert.False(FilePattern.TryParse(new string('a', 1025), out _, out var tooLong));
        Assert.Contains("1024", tooLong);
        Assert.False(FilePattern.TryParse(new string('a', 1022) + "b/", out _, out _));

        Assert.True(FilePattern.TryParse(string.Concat(Enumerable.Repeat("{a,b}", 6)), out _, out _));
        Assert.False(FilePattern.TryParse(string.Concat(Enumerable.Repeat("{a,b}", 7)), out _, out var tooMany));
        Assert.Contains("64", tooMany);
    }

    [Theory]
    [InlineData("src/a.cs", "src/a.cs", true)]
    [InlineData("src/a.cs", "src\\a.cs", true)]
    [InlineData("src/a.cs", "src/A.cs", false)]
    [InlineData("src/", "src/deep/a.cs", true)]
    [InlineData("src/", "srcs/a.cs", false)]
    [InlineData("src/*.cs", "src/deep/a.cs", false)]
    [InlineData("src/**/*.cs", "src/a.cs", true)]
    [InlineData("src/**/*.cs", "src/x/y/a.cs", true)]
    [InlineData("**", "any/thing", true)]
    [InlineData("**", ".git/config", false)]
    [InlineData("**", "../outside", false)]
    [InlineData("**", "/absolute", false)]
    [InlineData("**", "dir/", false)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("a[!b]c", "a/c", false)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("*", "😀", true)]
    [InlineData("?", "😀", true)]
    [InlineData("{a,{b,c}d}.ts", "cd.ts", true)]
    [InlineData("a{,.test}.ts", "a.ts", true)]
    [InlineData("app/[id]/page.tsx", "app/[id]/page.tsx", true)]
    [InlineData("app/[id]/page.tsx", "app/d/page.tsx", true)]
    [InlineData("{{name}}/setup.py", "{{name}}/setup.py", true)]
    [InlineData("été/*", "e\u0301te\u0301/a", true)]
    public void A_pattern_matches_the_paths_it_describes(string pattern, string path, bool expected) =>
        Assert.Equal(expected, FilePattern.Parse(pattern).Matches(path));

    [Theory]
    [InlineData("src/api/**", "src/**/test_*.py", true)]
    [InlineData("**/*.ts", "src/*/index.*", true)]
    [InlineData("*.md", "docs/**", false)]
    [InlineData("src/*a", "src/b*", true)]
    [InlineData("src/*a", "src/*b", false)]
    [InlineData("src/[a-c]x", "src/[d-f]x", false)]
    [InlineData("src/[!a]", "src/[!b]", true)]
    [InlineData("src/{a,b}.ts", "src/{c,b}.*", true)]
    [InlineData("src/a", "src/a/b", true)]
    [InlineData("src/a", "src/a/**", true)]
    [InlineData("src/a", "src/ab", false)]
    [InlineData("src/*", "src/a/b", false)]
    [InlineData("a/**/z", "a/b/**", true)]
    [InlineData("a/**/y", "a/**/z", false)]
    [InlineData("**/a/**", "b/*", true)]
    [InlineData("x/{a,}", "x/{b,}", false)]
    public void Patterns_overlap_exactly_when_they_share_a_path(string left, string right, bool expected)
    {
        Assert.Equal(expected, FilePattern.Parse(left).Overlaps(FilePattern.Parse(right)));
        Assert.Equal(expected, FilePattern.Parse(right).Overlaps(FilePattern.Parse(left)));
    }

    [Theory]
    [InlineData("SRC/Api.cs", "src/api.CS")]
    [InlineData("src/[A-C]x", "src/[a-c]X")]
    [InlineData("[!a]", "a")]
    [InlineData("ÉTÉ/**", "été/a")]
    [InlineData("SRC/*.cs", "src/A.CS")]
    public void Case_separates_files_only_where_the_repository_says_so(string left, string right)
    {
        var (one, other) = (FilePattern.Parse(left), FilePattern.Parse(right));

        Assert.False(one.Overlaps(other));
        Assert.True(one.Overlaps(other, ignoreCase: true));
        Assert.True(one.Matches(right.Replace("[a-c]", "b"), ignoreCase: true));
    }

    [Fact]
    public void A_hostile_pattern_is_answered_in_polynomial_time()
    {
        var stars = FilePattern.Parse(string.Concat(Enumerable.Repeat("*a", 511)) + "b");
        var depths = FilePattern.Parse(string.Concat(Enumerable.Repeat("**/a/", 200)) + "b");
        var watch = Stopwatch.StartNew();

        Assert.False(stars.Matches(new string('a', 1024)));
        Assert.False(stars.Overlaps(FilePattern.Parse(string.Concat(Enumerable.Repeat("*a", 511)) + "c")));
        Assert.False(depths.Overlaps(FilePattern.Parse(string.Concat(Enumerable.Repeat("a/**/", 200)) + "c")));

        // An exponential answer would outlast the machine; the bound only has to be far above a slow one.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
    }
}
