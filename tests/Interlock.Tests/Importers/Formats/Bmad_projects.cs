using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

public sealed class Bmad_projects
{
    private const string Sprint = "_bmad-output/implementation-artifacts/sprint-status.yaml";
    private const string Epics = "_bmad-output/planning-artifacts/epics.md";
    private const string EpicsText = """
        # Shop

        ## Epic List

        ### Epic 1: Basics
        ### Epic 2: Money

        ## Epic 1: Basics

        ### Story 1.1: Start the `shop` project

        As a developer

        ### Story 1.2: Log in with OAuth

        **Acceptance Criteria:**

        ## Epic 2: Money

        ### Story 2.1: Pay by card

        **Prerequisites:** Story 1.2 (login), Story 1.1

        ### Story 2.2: Send refunds

        **Prerequisites:** None

        """;

    [Fact]
    public void Epics_are_stories_and_their_stories_tasks_in_an_order_that_can_be_relaxed()
    {
        var plan = DataPlans.Read("bmad", (Epics, EpicsText));

        Assert.Equal([("epic-1", "Basics"), ("epic-2", "Money")], plan.Stories.Select(story => (story.Id.Value, story.Title)));
        Assert.Equal(["1.1", "1.2", "2.1", "2.2"], plan.SourceIds());
        Assert.Equal(["1.2<-1.1 sequence"], plan.Implied());
        Assert.Equal(["2.1<-1.2", "2.1<-1.1"], plan.Edges());
    }

    [Fact]
    public void Progress_comes_from_the_sprint_joined_by_number()
    {
        var plan = DataPlans.Read("bmad", (Epics, EpicsText), (Sprint, """
            development_status:
              epic-1: in-progress
              1-1-start-the-shop-project: done   # merged
              1-2-log-in-with-oauth: review
              # 1-3-cut: backlog
              epic-1-retrospective: optional
              2-1-pay-by-card: drafted
              2-3-invoices: odd
              spike: backlog
            action_items:
              - id: 1
            """));

        Assert.Equal(["1.1", "1.2", "2.1", "2.2", "2.3"], plan.SourceIds());
        Assert.Equal([PlanStatus.Done, PlanStatus.InProgress, PlanStatus.Pending, PlanStatus.Pending, PlanStatus.Unknown], plan.Tasks.Select(task => task.Status));
        Assert.Equal(("Start the `shop` project", "invoices"), (plan.Task("1.1").Title, plan.Task("2.3").Title));
        Assert.Equal((5, 3), (plan.Counts.Tasks, plan.Counts.Excluded));
        Assert.Subset(plan.Codes().ToHashSet(), new HashSet<string> { "unknown-key", "action-items", "unknown-status" });
    }

    [Fact]
    public void Stories_that_only_share_a_number_are_kept_apart_and_held_back()
    {
        var plan = DataPlans.Read("bmad", (Epics, EpicsText), (Sprint, "development_status:\n  1-1-rewrite-everything-in-rust: backlog\n  1-2-log-in-with-oauth: backlog\n"));

        Assert.Equal(5, plan.Tasks.Count);
        Assert.Equal(["rewrite everything in rust", "Start the `shop` project"], plan.Tasks.Where(task => task.Problem == "title-conflict").Select(task => task.Title));
        Assert.Null(plan.Task("1.2").Problem);
    }

    [Theory]
    [InlineData("1-12a-ground-truth", "1.12a")]
    [InlineData("6-9-1-quick-wins", "6.9.1")]
    [InlineData("8-3-404-page", "8.3")]
    [InlineData("story-2-1-x", "2.1")]
    [InlineData("1.2-dotted", "1.2")]
    [InlineData("3-4", "3.4")]
    public void Keys_name_stories_by_their_numbers(string key, string id) =>
        Assert.Equal([id], DataPlans.Read("bmad", (Sprint, $"development_status:\n  {key}: backlog\n")).SourceIds());

    [Fact]
    public void A_storys_own_file_adds_its_status_and_its_criteria()
    {
        var plan = DataPlans.Read(
            "bmad", (Epics, EpicsText), ("_bmad-output/implementation-artifacts/1-1-start-the-shop-project.md", StoryText("Status: done")),
            (Sprint, "development_status:\n  1-1-start-the-shop-project: in-progress\n"));

        Assert.Equal((PlanStatus.InProgress, 4), (plan.Task("1.1").Status, plan.Counts.Criteria));
        Assert.Contains("status-conflict", plan.Codes());
        Assert.Equal(["src/shop/"], plan.Task("1.1").Files);
    }

    [Theory]
    [InlineData("Status: ready-for-dev", "Status: done")]
    [InlineData("**Status:** Approved", "**Status:** Done")]
    [InlineData("## Status\n\nReady for Review", "## Status\n\nDone")]
    public void A_storys_own_file_read_alone_is_a_plan_of_its_tasks(string status, string done)
    {
        var input = DataPlans.Input(("docs/stories/1.1.story.md", StoryText(status)));
        var plan = DataPlans.Read("bmad", input);

        Assert.Equal(["1.1.1", "1.1.2"], plan.Tasks.Select(task => task.Id.Value));
        Assert.Equal([PlanStatus.Done, PlanStatus.Pending], plan.Tasks.Select(task => task.Status));
        Assert.Equal(["1.1.2<-1.1.1 sequence"], plan.Implied());
        Assert.Equal(StoryText(status).Replace("[ ] Task 2", "[x] Task 2", StringComparison.Ordinal), DataPlans.Ticked("bmad", input, "1.1.2"));
        Assert.Equal(StoryText(done), DataPlans.Ticked("bmad", input, "1.1"));
    }

    [Theory]
    [InlineData("development_status:\n  1-1-a: backlog # x\n", "development_status:\n  1-1-a: done # x\n")]
    [InlineData("development_status:\r\n  1-1-a: 'in-progress'\r\n", "development_status:\r\n  1-1-a: 'done'\r\n")]
    [InlineData("development_status:\n  1-1-a:\n  1-2-b: done\n", "development_status:\n  1-1-a: done\n  1-2-b: done\n")]
    public void A_tick_replaces_the_one_value(string before, string after) => Assert.Equal(after, DataPlans.Ticked("bmad", DataPlans.Input((Sprint, before)), "1.1"));

    [Fact]
    public void A_sprint_that_is_no_yaml_is_an_error_with_its_line()
    {
        var plan = DataPlans.Read("bmad", (Sprint, "development_status:\n  1-1-a: backlog\n\t- [\n"));

        Assert.Equal("invalid-yaml", plan.Problems.Single().Code);
        Assert.True(plan.Problems[0].Line > 1);
    }

    private static string StoryText(string status) => $"""
        # Story 1.1: Start the shop project

        {status}

        ## Tasks / Subtasks

        - [x] Task 1: Build dirs (AC: #1, 2)
          - [x] `src/shop/`
        - [ ] Task 2: Write the README (AC: 3)

        ## Dev Notes

        - [ ] remember the milk
        """;
}
