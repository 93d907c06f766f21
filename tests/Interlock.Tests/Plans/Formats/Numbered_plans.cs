using System.Text;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans.Formats;

public sealed class Numbered_plans
{
    private const string Change = "openspec/changes/add-export/tasks.md";
    private const string Spec = ".kiro/specs/export/tasks.md";

    [Theory]
    [InlineData("- [ ] 1.2 Write it", "1.2", "Write it")]
    [InlineData("- [ ] 1.2a Write it", "1.2a", "Write it")]
    [InlineData("- [ ] 1.2. Write it", "1.2", "Write it")]
    [InlineData("- [ ] **1.2** Write it", "1.2", "Write it")]
    [InlineData("- [ ] Task 1.2: Write it", "1.2", "Write it")]
    [InlineData("- [ ] 3. Write it", "3", "Write it")]
    [InlineData("- [ ] A1. Write it", "A1", "Write it")]
    [InlineData("- [x] 2.10.1 写它", "2.10.1", "写它")]
    [InlineData("- [ ]* 1.2 Write it", "1.2", "Write it")]
    public void A_number_is_the_id(string line, string id, string title)
    {
        var task = Assert.Single(FormatText.Parse("openspec", Change, line).Tasks);

        Assert.Equal((id, title, $"add-export-{id}", "add-export"), (task.SourceId, task.Title, task.Id.Value, task.Story.Value));
    }

    [Theory]
    [InlineData("- [ ] 3 retries at most")]
    [InlineData("- [ ] S3 bucket")]
    [InlineData("- [x]（without a space")]
    public void A_number_in_a_sentence_is_no_id(string line)
    {
        var task = Assert.Single(FormatText.Parse("openspec", Change, line).Tasks);

        Assert.Equal(task.Id.Value, task.SourceId);
        Assert.Matches("^add-export-[0-9a-f]{8}$", task.Id.Value);
    }

    [Fact]
    public void Tasks_without_a_number_show_their_place_and_go_by_their_words()
    {
        const string Before = "## 1. A\n- [ ] 1.1 a\n  - [ ] b\n  - [ ] c\n    - [ ] d\n- [ ] e\n";
        var plan = FormatText.Parse("openspec", Change, Before);
        var later = FormatText.Parse("openspec", Change, Before.Replace("  - [ ] b\n", "  - [ ] new\n  - [x]  B\n", StringComparison.Ordinal));

        Assert.Equal(["1.1", "1.1.1", "1.1.2", "1.1.2.1", "1.2"], plan.SourceIds());
        Assert.Equal(["1.1", "1.1.1", "1.1.2", "1.1.3", "1.1.3.1", "1.2"], later.SourceIds());
        Assert.Equal(plan.Ids(), later.Ids().Where((_, index) => index != 1));
        Assert.Equal(["1.1<1.1.1 parent", "1.1<1.1.2 parent", "1.1.2<1.1.2.1 parent"], FormatText.Parse("openspec", Change, Before, "sequence").Implied());
    }

    [Fact]
    public void Groups_and_lines_are_an_order_that_can_be_relaxed()
    {
        const string Text = "## 1. A\n- [ ] 1.1 a\n- [ ] 1.2 b\n## 2. B\n- [ ] 2.1 c\n- [ ] 2.2 d\n  - [ ] 2.2.1 e\n  - [ ] 2.2.2 f\n";

        Assert.Equal(
            ["1.2<1.1 sequence", "2.1<1.2 phase-barrier", "2.2<2.2.1 parent", "2.2<2.2.2 parent", "2.2.1<2.1 sequence", "2.2.2<2.2.1 sequence"],
            FormatText.Parse("openspec", Change, Text).Implied());
        Assert.Equal(
            ["2.1<1.1 phase-barrier", "2.1<1.2 phase-barrier", "2.2<2.2.1 parent", "2.2<2.2.2 parent", "2.2.1<1.1 phase-barrier", "2.2.1<1.2 phase-barrier", "2.2.2<1.1 phase-barrier", "2.2.2<1.2 phase-barrier"],
            FormatText.Parse("openspec", Change, Text, "sequence").Implied());
    }

    [Fact]
    public void A_table_with_boxes_is_a_plan_where_there_are_no_checkboxes()
    {
        const string Text = "## Tasks\n| Id | Task | Depends | Done |\n|---|---|---|---|\n| T1 | Write `src/a.ts` | - | ☑ |\n| T2 | Read \\| it | T1 | ☐ |\n| T3 | Test | T2 | [ ] |\n";
        var plan = FormatText.Parse("openspec", Change, Text);

        Assert.Equal(["T1", "T2", "T3"], plan.SourceIds());
        Assert.Equal(["Write `src/a.ts`", "Read \\| it", "Test"], plan.Tasks.Select(task => task.Title));
        Assert.Equal([PlanStatus.Done, PlanStatus.Pending, PlanStatus.Pending], plan.Tasks.Select(task => task.Status));
        Assert.Equal(["add-export-T1"], plan.Of("T2").Dependencies.Select(id => id.Value));
        Assert.Equal(Text.Replace("| T1 | ☐ |", "| T1 | ☑ |", StringComparison.Ordinal), Tick("openspec", Change, Text, "add-export-T2"));
        Assert.Equal(Text.Replace("[ ]", "[x]", StringComparison.Ordinal), Tick("openspec", Change, Text, "add-export-T3"));
    }

    [Fact]
    public void Numbered_headings_are_a_plan_where_there_is_nothing_else()
    {
        var plan = FormatText.Parse("openspec", Change, "# Change\n## 1. A\n### 0) Prepare\ntext\n### 1) Build ✅\n## Notes\n");

        Assert.Equal([("0", "Prepare", PlanStatus.Pending), ("1", "Build", PlanStatus.Done)], plan.Tasks.Select(task => (task.SourceId, task.Title, task.Status)));
        new OpenSpec().Tick(FormatText.Input((Change, "### 0) Prepare\n")), new TaskId("add-export-0"), out var outcome);
        Assert.Equal(TickOutcome.NotReplaceable, outcome);
    }

    [Fact]
    public void Kiro_marks_what_is_started_optional_and_parallel()
    {
        var plan = FormatText.Parse("kiro", Spec, """
            # Implementation Plan

            - [x] 1. Set up
              - _Requirements: 1.1_

            - [-] 2. Build


              - [ ] 2.1 Write `src/a.ts`
                - Details
                - _Depends on: 2.3_
              - [ ]* 2.2 (P) Test it
              - [ ] 2.3 (P) Describe it
            - [~] 3. Queue
            - [ ] 3.1 Flat
            """);

        Assert.Equal(["1", "2", "2.1", "2.2", "2.3", "3", "3.1"], plan.SourceIds());
        Assert.Equal(PlanStatus.InProgress, plan.Of("2").Status);
        Assert.Equal("Test it", plan.Of("2.2").Title);
        Assert.Equal(["2.3"], plan.Of("2.1").DependenciesAsWritten);
        Assert.Equal("unknown-mark", Assert.Single(plan.Problems).Code);
        Assert.Contains("2.1<1 sequence", plan.Implied());
        Assert.Contains("3.1<2 sequence", plan.Implied());
        Assert.Contains("3<3.1 parent", plan.Implied());
    }

    [Fact]
    public void Files_named_in_lines_of_their_own_count()
    {
        var plan = FormatText.Parse("kiro", ".spec-workflow/specs/x/tasks.md", "- [ ] 1. Write it\n  - File: src/a.ts\n  - _Leverage: src/b.ts_\n");

        Assert.Equal(["src/a.ts"], plan.Of("1").Files);
    }

    private static string Tick(string format, string path, string text, string task) =>
        Encoding.UTF8.GetString(FormatText.Find(format).Tick(FormatText.Input((path, text)), new TaskId(task), out _)!.Content.Span);
}
