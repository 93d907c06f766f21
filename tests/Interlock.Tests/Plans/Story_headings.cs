using Interlock.Domain.Plans;
using static Interlock.Tests.Plans.StoryPlanText;

namespace Interlock.Tests.Plans;

public sealed class Story_headings
{
    [Theory]
    [InlineData("### Story 2.5: Token store", "2.5", "Token store")]
    [InlineData("## Story 2.5: Token store", "2.5", "Token store")]
    [InlineData("#### Story 2.5: Token store ####", "2.5", "Token store")]
    [InlineData("###Story 2.5: Token store", "2.5", "Token store")]
    [InlineData("### Test Story 0.1: Breakdown", "0.1", "Breakdown")]
    [InlineData("### 📦 User Story 1.2.3: Breakdown", "1.2.3", "Breakdown")]
    [InlineData("## [ ] Story 1.1: Login", "1.1", "Login")]
    [InlineData("## [x] STORY 1.1: Login", "1.1", "Login")]
    [InlineData("**Story 1.1: Login**", "1.1", "Login")]
    [InlineData("**Story 1.1**: Login", "1.1", "Login")]
    [InlineData("### **Story 1.1: Login**", "1.1", "Login")]
    [InlineData("### Story 1.1 - Login", "1.1", "Login")]
    [InlineData("### Story 1.1", "1.1", "")]
    [InlineData("### Story AUTH-1: Login", "AUTH-1", "Login")]
    [InlineData("### Story 1.1： 登录", "1.1", "登录")]
    public void A_story_heading_names_its_id_and_title(string heading, string id, string title)
    {
        var story = Assert.Single(Parse($"# Plan\n\n{heading}\n- [ ] Task 1: do\n").Stories);

        Assert.Equal((id, title, 3), (story.Id.Value, story.Title, story.Line));
    }

    [Theory]
    [InlineData("### Notes for Story 2.5: done")]
    [InlineData("### Story time: relax")]
    [InlineData("### Story 2.5 needs this")]
    [InlineData("### Phase 3: User Story 1 - Search (Priority: P1)")]
    [InlineData("### User Story 1 - Search (Priority: P1)")]
    [InlineData("**Story 2.5: X** must land first.")]
    [InlineData("Story 2.5: just text")]
    [InlineData("####### Story 2.5: too deep")]
    public void A_line_about_a_story_opens_none(string line) => Assert.Empty(Parse($"{line}\n- [ ] Task 1: do\n").Stories);

    [Theory]
    [InlineData("# Story 2.5: T")]
    [InlineData("##### Story 2.5: T")]
    public void A_story_heading_of_another_level_is_reported(string heading)
    {
        var plan = Parse($"{heading}\n- [ ] Task 1: do\n");

        Assert.Empty(plan.Stories);
        Assert.Equal(1, plan.Problem("story-level").Line);
    }

    [Fact]
    public void A_story_takes_priority_and_epic_from_what_encloses_it()
    {
        var plan = Parse("""
            ## Priority 2: Platform
            ### Story 2.5: A
            **Story ID**: 2.5  ·  **Epic**: Tokens  ·  **Status**: In Progress
            ## Priority 3
            ### Story 3.1: B
            **Epic:** Search
            # Epic 4: Billing
            ### Story 4.1: C
            """);

        Assert.Equal([(2, "Tokens"), (3, "Search"), (1, "Epic 4: Billing")], plan.Stories.Select(story => (story.Priority, story.Epic!)));
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void The_group_is_the_nearest_heading_below_the_story()
    {
        var plan = Parse("""
            ## Story 1.1: A
            - [ ] Task 1: direct
            ### Part
            - [ ] Task 2: in part
            #### Detail
            - [ ] Task 3: in detail
            ### Other
            - [ ] Task 4: in other
            ## Story 1.2: B
            - [ ] Task 5: direct again
            """);

        Assert.Equal([null, "Part", "Detail", "Other", null], plan.Tasks.Select(task => task.Group));
        Assert.Equal(["1.1", "1.1", "1.1", "1.1", "1.2"], plan.Tasks.Select(task => task.Story.Value));
    }

    [Fact]
    public void A_bold_story_keeps_the_groups_below_it_and_ends_at_the_next()
    {
        var plan = Parse("""
            ## Epic 1: Start
            **Story 1.1: A**
            ### Part
            - [ ] Task 1: a
            **Story 1.2: B**
            - [ ] Task 2: b
            ## Notes
            - [ ] not a task
            """);

        Assert.Equal([("1.1", "Part"), ("1.2", null)], plan.Tasks.Select(task => (task.Story.Value, task.Group)));
        Assert.Equal(8, plan.Problem("outside-story").Line);
    }

    [Fact]
    public void Two_stories_of_one_id_are_a_conflict_that_loses_no_task()
    {
        var plan = Parse("### Story 1.1: A\n- [ ] Task 1: a\n### Story 1.1: B\n- [ ] Task 2: b\n");

        Assert.Equal("A", Assert.Single(plan.Stories).Title);
        Assert.Equal(["1", "2"], plan.Ids());
        var problem = plan.Problem("duplicate-story");
        Assert.Equal((ProblemSeverity.Error, 3), (problem.Severity, problem.Line));
        Assert.Contains("line 1", problem.Message, StringComparison.Ordinal);
        Assert.All(plan.Tasks, task => Assert.Null(task.Problem));
    }

    [Fact]
    public void A_story_continued_under_the_same_heading_is_no_conflict() =>
        Assert.Empty(Parse("### Story 1.1: A\n- [ ] Task 1: a\n### Story 1.1: A\n- [ ] Task 2: b\n").Problems);

    [Fact]
    public void A_story_with_an_invalid_id_leaves_its_tasks_out_aloud()
    {
        var plan = Parse("### Story 1.1: A\n### Story 2..5: B\n- [ ] Task 1: a\n");

        Assert.Empty(plan.Tasks);
        Assert.Equal(2, plan.Problem("invalid-id").Line);
        Assert.Equal(1, plan.Counts.Excluded);
    }

    [Theory]
    [InlineData("### Story 1.1: A\n**Status**: Done\n- [x] Task 1: a\n- [ ] Task 2: b\n", 2)]
    [InlineData("### [x] Story 1.1: A\n- [ ] Task 1: a\n", 1)]
    [InlineData("### Story 1.1: A\n**Status**: Draft\n- [x] Task 1: a\n", 2)]
    public void A_status_that_contradicts_the_ticks_is_reported(string text, int line) =>
        Assert.Equal(line, Parse(text).Problem("story-status-contradicts-ticks").Line);

    [Theory]
    [InlineData("### Story 1.1: A\n**Status**: In Progress\n- [x] Task 1: a\n- [ ] Task 2: b\n")]
    [InlineData("### Story 1.1: A\n**Status**: Done\n- [x] Task 1: a\n")]
    [InlineData("### Story 1.1: A\n**Status**: Draft\n- [ ] Task 1: a\n")]
    public void A_status_that_fits_the_ticks_is_not(string text) => Assert.Empty(Parse(text).Problems);

    [Fact]
    public void A_story_id_in_the_metadata_that_differs_is_reported() =>
        Assert.Equal(2, Parse("### Story 1.1: A\n**Story ID**: 1.2\n").Problem("story-id-mismatch").Line);
}
