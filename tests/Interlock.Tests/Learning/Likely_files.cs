using Interlock.Domain.Leasing;
using Interlock.Domain.Learning;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Learning;

public sealed class Likely_files
{
    [Fact]
    public void A_diff_that_proves_a_plan_wrong_is_told_of_the_tasks_beside_it()
    {
        var forecast = new FileForecast([Landed("1", "m", ["src/a.cs"], "src/a.cs", "src/shared.cs")], []);

        var likely = Assert.Single(forecast.For(new TaskId("2"), "m", ["src/b.cs"], FileSet.Empty));

        Assert.Equal(("src/shared.cs", 0.5), (likely.Path, likely.Chance));
        Assert.Equal("1 of 1 landed in this module changed it beyond their plan", likely.Because);
        Assert.Empty(forecast.For(new TaskId("2"), "other", ["src/b.cs"], FileSet.Empty));
    }

    [Fact]
    public void Diffs_that_keep_to_their_plan_lower_the_chance_until_nothing_is_said()
    {
        List<LandedFiles> landed = [Landed("1", "m", ["src/a.cs"], "src/a.cs", "src/shared.cs")];
        Assert.NotEmpty(Of(landed));
        landed.AddRange(Enumerable.Range(10, 4).Select(i => Landed($"{i}", "m", [$"src/{i}.cs"], $"src/{i}.cs")));

        Assert.Empty(Of(landed));
    }

    [Fact]
    public void A_task_without_files_is_told_all_that_its_siblings_changed()
    {
        var forecast = new FileForecast([Landed("1", "m", ["src/a.cs"], "src/a.cs"), Landed("2", "m", ["src/a.cs"], "src/a.cs", "src/b.cs")], []);

        Assert.Equal(["src/a.cs", "src/b.cs"], forecast.For(new TaskId("3"), "m", [], FileSet.Empty).Select(file => file.Path));
    }

    [Fact]
    public void Files_that_were_changed_together_before_are_told_and_wide_commits_are_not_counted()
    {
        IReadOnlyList<string> together = ["src/a.cs", "test/a.cs"];
        IReadOnlyList<string> wide = ["src/a.cs", .. Enumerable.Range(0, FileForecast.WidestCommit).Select(i => $"w/{i}")];
        var forecast = new FileForecast([], [together, together, together, ["src/a.cs", "src/x.cs"], wide, wide, wide, wide]);

        var likely = Assert.Single(forecast.For(new TaskId("1"), "m", ["src/a.cs"], FileSet.Empty));

        Assert.Equal(("test/a.cs", 0.6), (likely.Path, likely.Chance));
        Assert.Equal("changed in 3 of 4 commits that changed src/a.cs", likely.Because);
    }

    [Fact]
    public void What_the_task_names_itself_and_what_merges_by_rule_is_no_news()
    {
        var forecast = new FileForecast([Landed("1", "m", ["src/a.cs"], "src/a.cs", "src/b.cs", "CHANGES.md")], []);

        Assert.Empty(forecast.For(new TaskId("2"), "m", ["src/"], FileSet.Parse("CHANGES.md")));
    }

    private static IReadOnlyList<LikelyFile> Of(IReadOnlyList<LandedFiles> landed) => new FileForecast(landed, []).For(new TaskId("2"), "m", ["src/b.cs"], FileSet.Empty);

    private static LandedFiles Landed(string id, string module, string[] planned, params string[] changed) => new(new TaskId(id), module, planned, changed);
}
