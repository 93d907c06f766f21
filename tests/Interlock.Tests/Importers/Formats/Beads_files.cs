using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

public sealed class Beads_files
{
    [Fact]
    public void Edges_that_block_make_a_task_wait_and_the_others_are_only_kept_as_written()
    {
        var plan = Read(
            """{"id":"bd-a","title":"A","status":"open","dependencies":[{"issue_id":"bd-a","depends_on_id":"bd-b","type":"blocks"},{"depends_on_id":"bd-c","type":"related"},{"depends_on_id":"bd-x","type":"discovered-from"}]}""",
            """{"id":"bd-b","title":"B","status":"closed"}""",
            """{"id":"bd-c","title":"C","status":"open","dependencies":["bd-b"]}""");

        Assert.Equal(["bd-a<-bd-b", "bd-c<-bd-b"], plan.Edges());
        Assert.Equal(["bd-b", "bd-c", "bd-x"], plan.Task("bd-a").DependenciesAsWritten);
        Assert.All(plan.Tasks, task => Assert.Null(task.Problem));
    }

    [Fact]
    public void The_parts_of_an_epic_are_a_story_and_the_epic_waits_for_them()
    {
        var plan = Read(
            """{"id":"bd-e","title":"Epic","status":"open","issue_type":"epic"}""",
            """{"id":"bd-e.1","title":"Dotted","status":"open"}""",
            """{"id":"bd-k","title":"Child","status":"open","dependencies":[{"depends_on_id":"bd-e","type":"parent-child"}]}""",
            """{"id":"bd-z","title":"Alone","status":"open"}""");

        Assert.Equal(["bd-e", "bd-e", "bd-e", "bd"], plan.Tasks.Select(task => task.Story.Value));
        Assert.Equal(["bd-e<-bd-e.1 parent", "bd-e<-bd-k parent"], plan.Implied());
    }

    [Fact]
    public void Tombstones_are_cancelled_tasks_and_a_missing_wisp_holds_nothing_back()
    {
        var plan = Read(
            """{"id":"bd-a","title":"A","status":"tombstone"}""",
            """{"id":"bd-b","title":"B","status":"open","dependencies":[{"depends_on_id":"bd-wisp-7","type":"blocks"}]}""",
            """{"id":"bd-c","title":"C","status":"open","dependencies":[{"depends_on_id":"bd-gone","type":"blocks"}]}""");

        Assert.Equal(PlanStatus.Cancelled, plan.Tasks[0].Status);
        Assert.Equal([null, null, "dangling-dependency"], plan.Tasks.Select(task => task.Problem));
    }

    [Fact]
    public void Statuses_of_the_trackers_own_are_understood_and_others_reported()
    {
        var plan = Read(
            """{"id":"bd-a","title":"A","status":"hooked"}""", """{"id":"bd-b","title":"B","status":"pinned"}""", """{"id":"bd-c","title":"C","status":"qa-lane"}""", """{"id":"bd-d","title":"D"}""");

        Assert.Equal([PlanStatus.InProgress, PlanStatus.Blocked, PlanStatus.Unknown, PlanStatus.Pending], plan.Tasks.Select(task => task.Status));
        Assert.Equal(["unknown-status"], plan.Codes());
    }

    [Fact]
    public void A_broken_line_is_an_error_and_does_not_hide_the_others()
    {
        var plan = Read("""{"id":"bd-a","title":"A"}""", "{\"id\":\"bd-b\"", "", """{"_type":"memory","text":"x"}""", """{"id":"bd-c","title":"C"}""");

        Assert.Equal(["bd-a", "bd-c"], plan.SourceIds());
        Assert.Equal([("invalid-json", 2), ("not-a-task", 4)], plan.Problems.Select(problem => (problem.Code, problem.Line)));
        Assert.Equal((4, 2), (plan.Counts.Checkboxes, plan.Counts.Excluded));
    }

    [Fact]
    public void An_issue_that_stands_there_twice_is_kept_twice_and_held_back()
    {
        var plan = Read("""{"id":"bd-a","title":"A"}""", """{"id":"bd-a","title":"B"}""");

        Assert.Equal(["duplicate-task", "duplicate-task"], plan.Tasks.Select(task => task.Problem));
        Assert.Equal(["bd-a", "bd-a"], plan.SourceIds());
    }

    [Fact]
    public void A_deleted_issue_does_not_hold_back_the_one_that_got_its_id()
    {
        var plan = Read("""{"id":"bd-a","title":"A","status":"tombstone"}""", """{"id":"bd-a","title":"B","status":"open"}""", """{"id":"bd-b","title":"C","dependencies":["bd-a"]}""");

        Assert.Equal([null, null, null], plan.Tasks.Select(task => task.Problem));
        Assert.Equal("bd-a", plan.Tasks.Single(task => task.Title == "B").Id.Value);
    }

    [Fact]
    public void Records_nobody_can_work_on_are_held_back()
    {
        var plan = Read("""{"id":"bd-a","title":"A","issue_type":"message"}""", """{"id":"bd-b","title":"B","issue_type":"bug"}""");

        Assert.Equal(["not-work", null], plan.Tasks.Select(task => task.Problem));
    }

    [Fact]
    public void Lines_of_a_hundred_thousand_characters_are_read()
    {
        var plan = Read($$"""{"id":"bd-a","title":"A","description":"{{new string('x', 150_000)}} `src/a.cs`"}""", """{"id":"bd-b","title":"B"}""");

        Assert.Equal([1, 2], plan.Tasks.Select(task => task.Line));
        Assert.Equal(["src/a.cs"], plan.Tasks[0].Files);
    }

    [Fact]
    public void Marks_of_a_merge_are_an_error_with_their_lines()
    {
        var plan = Read("""{"id":"bd-a","title":"A"}""", "<<<<<<< HEAD", "=======", ">>>>>>> x");

        Assert.Equal(("conflict-marker", 2), (plan.Problems.Single().Code, plan.Problems.Single().Line));
    }

    [Fact]
    public void The_file_is_never_written()
    {
        Assert.False(DataPlans.Format("beads").HasMarks);
        Assert.Null(DataPlans.Format("beads").Tick(DataPlans.Input((".beads/issues.jsonl", """{"id":"bd-a","title":"A","status":"open"}""")), new TaskId("bd-a"), out var outcome));
        Assert.Equal(TickOutcome.NotReplaceable, outcome);
    }

    private static Plan Read(params string[] lines) => DataPlans.Read("beads", (".beads/issues.jsonl", string.Join('\n', lines)));
}
