using Interlock.Domain.Plans;
using static Interlock.Tests.Plans.StoryPlanText;

namespace Interlock.Tests.Plans;

public sealed class Checkbox_laws
{
    [Theory]
    [InlineData("#### Acceptance Criteria\n- [ ] fast\n")]
    [InlineData("#### Success criteria (AC 1)\n- [ ] fast\n")]
    [InlineData("#### Definition of Done\n##### Backend\n- [ ] fast\n")]
    [InlineData("#### Release Checklist\n- [ ] fast\n")]
    [InlineData("**Acceptance Criteria:**\n- [ ] fast\n")]
    [InlineData("Acceptance criteria:\n\n- [ ] fast\n")]
    [InlineData("#### Acceptance Criteria\n- [ ] 1.5 seconds at most\n")]
    public void A_checkbox_under_a_heading_of_criteria_is_a_criterion(string lines)
    {
        var plan = Story(lines);

        Assert.Equal(new PlanCounts(1, 0, 1, 0), plan.Counts);
        Assert.Empty(plan.Problems);
    }

    [Theory]
    [InlineData("#### Acceptance Criteria\n- [ ] fast\n#### Work\n- [ ] do\n")]
    [InlineData("**Acceptance Criteria**\n- [ ] fast\n**Work**\n- [ ] do\n")]
    [InlineData("#### Acceptance Criteria\n- [ ] fast\n- [ ] Task 1: do\n")]
    [InlineData("#### Checklist of colours\n- [ ] do\n  - [ ] fast\n")]
    public void Criteria_end_where_work_begins(string lines)
    {
        var plan = Story(lines);

        Assert.Equal(new PlanCounts(2, 1, 1, 0), plan.Counts);
        Assert.Equal("do", plan.Tasks[0].Title);
    }

    [Fact]
    public void A_checkbox_nested_under_a_task_is_its_criterion()
    {
        var plan = Story("""
            - [ ] TASK 1.1.1: do
              - [ ] STEP 1.1.1.1: one
                - [ ] deeper
              - plain
                - [ ] under plain, still inside
              - [ ] Task 1.1.2: a task of its own
            	- [ ] tabbed
            - [ ] not nested
            - Setup
              - [ ] nested under no task
            """);

        Assert.Equal(["1.1.1", "1.1.2"], plan.Ids()[..2]);
        Assert.Equal(["not nested", "nested under no task"], plan.Tasks.Skip(2).Select(task => task.Title));
        Assert.Equal(new PlanCounts(8, 4, 4, 0), plan.Counts);
    }

    [Fact]
    public void Checkboxes_outside_any_story_are_left_out_once_a_section()
    {
        var plan = Parse("""
            - [ ] early
            ## Overview
            - [ ] one
            - [ ] Task 9: two
            ### Story 1.1: A
            - [ ] Task 1: a [Dependencies: Task 9]
            ## Notes
            - [x] three
            """);

        Assert.Equal(["1"], plan.Ids());
        Assert.Equal([1, 3, 8], plan.Problems.Where(problem => problem.Code == "outside-story").Select(problem => problem.Line));
        Assert.Equal(4, plan.Counts.Excluded);
        Assert.Contains("outside any story on line 4", plan.Problem("dangling-dependency").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fenced_checkboxes_are_left_out_once_a_fence()
    {
        var plan = Story("""
            ```md
            - [ ] Task 1: a
            ### Story 9.9: not a story
            - [ ] Task 2: b
            ```
            ~~~
            ```
            - [ ] Task 3: c
            ~~~~
            - [ ] Task 4: d
            """);

        Assert.Equal(["4"], plan.Ids());
        Assert.Equal([2, 7], plan.Problems.Where(problem => problem.Code == "fenced-checkboxes").Select(problem => problem.Line));
        Assert.Equal((4, 3), (plan.Counts.Checkboxes, plan.Counts.Excluded));
        Assert.Single(plan.Stories);
    }

    [Fact]
    public void Checkboxes_after_a_fence_that_nothing_closes_are_read()
    {
        var plan = Story("````md\n- [ ] Task 1: a\n```\n- [ ] Task 2: b\n");

        Assert.Equal(["1", "2"], plan.Ids());
        Assert.Equal((ProblemSeverity.Warning, 2), (plan.Problem("unbalanced-fence").Severity, plan.Problem("unbalanced-fence").Line));
    }

    [Theory]
    [InlineData("<!-- - [ ] Task 1: a -->\n- [ ] Task 2: b\n", 1)]
    [InlineData("<!--\n- [ ] Task 1: a\n```\n- [x] Task 3: c -->\n- [ ] Task 2: b\n", 2)]
    [InlineData("text <!-- more\n- [ ] Task 1: a\n--> end\n- [ ] Task 2: b\n", 1)]
    [InlineData("<!-- - [ ] Task 1: a --> rest\n- [ ] Task 2: b\n", 1)]
    public void Commented_checkboxes_are_left_out(string lines, int excluded)
    {
        var plan = Story(lines);

        Assert.Equal(["2"], plan.Ids());
        Assert.Equal(excluded, plan.Counts.Excluded);
        Assert.Equal((ProblemSeverity.Info, 2), (plan.Problem("commented-checkboxes").Severity, plan.Problem("commented-checkboxes").Line));
    }

    [Fact]
    public void Checkboxes_after_a_comment_that_nothing_closes_are_read()
    {
        var plan = Story("<!-- old\n- [ ] Task 1: a\n");

        Assert.Equal(["1"], plan.Ids());
        Assert.Equal(2, plan.Problem("unbalanced-comment").Line);
    }

    [Fact]
    public void A_comment_mark_in_code_opens_no_comment() =>
        Assert.Equal(["1", "2"], Story("- [ ] Task 1: write `<!--` here\n- [ ] Task 2: and `-->` there\n").Ids());

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("\uFEFF")]
    [InlineData("# Title\n\nprose\n")]
    public void A_file_without_stories_has_no_tasks_and_no_errors(string text)
    {
        var plan = Parse(text);

        Assert.Equal(ProblemSeverity.Info, Assert.Single(plan.Problems).Severity);
        Assert.Equal("no-stories", plan.Problems[0].Code);
        Assert.Equal(new PlanCounts(0, 0, 0, 0), plan.Counts);
    }

    [Fact]
    public void A_file_without_stories_says_how_much_it_holds()
    {
        var problem = Assert.Single(Parse("# A\n## B\n- [ ] c\n- [ ] d\n- [x] e\n").Problems);

        Assert.Contains("2 headings", problem.Message, StringComparison.Ordinal);
        Assert.Contains("3 checkboxes", problem.Message, StringComparison.Ordinal);
    }
}
