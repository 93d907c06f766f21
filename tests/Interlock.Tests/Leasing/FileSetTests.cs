using Interlock.Domain.Leasing;

namespace Interlock.Tests.Leasing;

public sealed class FileSetTests
{
    private static readonly FileSet Api = FileSet.Parse("docs/api.md", "src/api/**");

    [Fact]
    public void An_empty_set_is_unknown_and_claims_nothing_by_itself()
    {
        Assert.True(FileSet.Empty.IsUnknown);
        Assert.False(FileSet.Empty.Overlaps(Api));
        Assert.False(Api.Overlaps(FileSet.Empty));
        Assert.False(FileSet.Empty.Covers("src/api/a.cs"));
        Assert.Equal("unknown", FileSet.Empty.ToString());
    }

    [Fact]
    public void The_first_conflict_names_both_patterns()
    {
        var tests = FileSet.Parse("tests/**", "src/**/test_*.py");

        Assert.Equal(new FileConflict(FilePattern.Parse("src/api/**"), FilePattern.Parse("src/**/test_*.py")), Api.FirstConflict(tests));
        Assert.True(tests.Overlaps(Api));
        Assert.Null(Api.FirstConflict(FileSet.Parse("src/web/**")));
    }

    [Fact]
    public void A_set_covers_what_any_of_its_patterns_matches()
    {
        Assert.True(Api.Covers("src/api/v1/routes.ts"));
        Assert.True(Api.Covers("docs/api.md"));
        Assert.False(Api.Covers("DOCS/api.md"));
        Assert.True(Api.Covers("DOCS/api.md", ignoreCase: true));
        Assert.False(Api.Covers("docs/web.md"));
    }

    [Fact]
    public void A_union_holds_each_pattern_once_in_order()
    {
        var union = Api.Union(FileSet.Parse("src/api/", "README.md"));

        Assert.Equal("docs/api.md, src/api/**, README.md", union.ToString());
        Assert.Equal(FileSet.Parse("README.md", "src/api/**", "docs/api.md"), union);
        Assert.NotEqual(Api, union);
    }

    [Fact]
    public void All_problems_of_a_set_are_told_at_once()
    {
        Assert.False(FileSet.TryParse(["../x", "ok", ".git/hooks"], out var set, out var problems));
        Assert.Null(set);
        Assert.Equal(2, problems.Count);
        Assert.True(FileSet.TryParse(["ok"], out set, out problems));
        Assert.Empty(problems);
        Assert.Equal("ok", set.ToString());
    }
}
