using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans.Formats;

public sealed class Check_lists
{
    [Fact]
    public void A_file_is_a_story_and_headings_are_groups()
    {
        var plan = FormatText.Parse("check-list", "docs/TODO.md", """
            # Release checklist
            ## Server
            - [ ] Write it in src/server/main.go
              - [x] Sub
            ## Acceptance criteria
            - [ ] fast
            """);

        Assert.Equal(("TODO", "Release checklist"), (plan.Stories[0].Id.Value, plan.Stories[0].Title));
        Assert.Equal(["Write it in src/server/main.go", "Sub"], plan.Tasks.Select(task => task.Title));
        Assert.Equal(["src/server/main.go"], plan.Tasks[0].Files);
        Assert.Equal("Server", plan.Tasks[0].Group);
        Assert.Equal(DependencyKind.Parent, Assert.Single(plan.Tasks[0].Implicit).Kind);
        Assert.Equal(new PlanCounts(3, 2, 1, 0), plan.Counts);
    }

    [Fact]
    public void Criteria_are_tasks_when_asked_for()
    {
        var plan = new CheckList().Parse(FormatText.Input(("TODO.md", "## Acceptance criteria\n- [ ] fast\n")), new PlanReading(CriteriaAsTasks: true));

        Assert.Equal("fast", Assert.Single(plan.Tasks).Title);
    }

    [Fact]
    public void Ids_are_kept_where_they_are_given_once()
    {
        var plan = FormatText.Parse("check-list", "PLAN.md", "- [ ] PRM.1 a\n- [ ] DL-REHYDRATE.2: b [Dependencies: PRM.1]\n- [ ] 1.1 c\n- [ ] 1.1 d\n");

        Assert.Equal(["PRM.1", "DL-REHYDRATE.2", "1.1", "1.1"], plan.SourceIds());
        Assert.Equal(["PLAN-PRM.1"], plan.Tasks[1].Dependencies.Select(id => id.Value));
        Assert.Equal(4, plan.Ids().Distinct().Count());
    }

    [Fact]
    public void A_line_of_keys_is_read_by_its_keys()
    {
        var task = Assert.Single(FormatText.Parse("check-list", "PLAN.md", "- [ ] ID: TASK-001 | Title: Write it | Files: a/b.ts, c.md | Dep: - | Agent: dev-1\n").Tasks);

        Assert.Equal(("TASK-001", "Write it", "dev-1"), (task.SourceId, task.Title, task.Agent?.Value));
        Assert.Equal(["a/b.ts", "c.md"], task.Files);
    }

    [Fact]
    public void Prose_is_no_task_and_no_error()
    {
        var plan = FormatText.Parse("check-list", "PLAN.md", "# Plan\n## Week 1\n1. do\n## Phase 2: more\n## Notes\n- ✅ done\n");

        var problem = Assert.Single(plan.Problems);
        Assert.Equal(("no-tasks", ProblemSeverity.Info), (problem.Code, problem.Severity));
        Assert.Contains("2 candidate headings", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_stay_when_lines_move_and_marks_change()
    {
        var before = FormatText.Parse("check-list", "PLAN.md", "## A\n- [ ] one\n- [ ] two\n").Ids();
        var after = FormatText.Parse("check-list", "PLAN.md", "intro\n## A\n- [x] two\n- [ ] new\n* [ ]  One\n").Ids();

        Assert.Equal([before[1], before[0]], after.Where(before.Contains));
    }
}
