using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

public sealed class Backlog_folders
{
    private const string Config = "statuses: [\"Offen\", \"In Arbeit\", \"Fertig\"]\n";

    [Fact]
    public void Tasks_come_by_number_from_all_areas_and_those_set_aside_are_held_back()
    {
        var plan = Read(
            File("tasks/task-10 - Ten.md", "id: TASK-10\ntitle: Ten\nstatus: To Do"),
            File("tasks/task-2.1 - Part.md", "id: TASK-2.1\ntitle: Part\nstatus: In Progress\nparent_task_id: TASK-2"),
            File("completed/task-2 - Two.md", "id: TASK-2\ntitle: Two\nstatus: Done"),
            File("archive/tasks/task-3 - Three.md", "id: TASK-3\ntitle: Three\nstatus: To Do"),
            File("drafts/draft-1 - One.md", "id: DRAFT-1\ntitle: One\nstatus: Draft"));

        Assert.Equal(["DRAFT-1", "TASK-2", "TASK-2.1", "TASK-3", "TASK-10"], plan.SourceIds());
        Assert.Equal(["draft", null, null, "archived", null], plan.Tasks.Select(task => task.Problem));
        Assert.Equal(["TASK-2<-TASK-2.1 parent"], plan.Implied());
    }

    [Fact]
    public void Ids_match_in_any_case_with_zeros_and_under_an_earlier_prefix()
    {
        var plan = Read(
            File("tasks/back-1 - A.md", "id: BACK-1\ntitle: A\nstatus: Done"),
            File("tasks/back-24.1 - B.md", "id: back-24.01\ntitle: B\nstatus: To Do\ndependencies: [back-01]"),
            File("tasks/back-25 - C.md", "id: BACK-25\ntitle: C\nstatus: To Do\ndependencies:\n  - task-24.1\n  - task-99"));

        Assert.Equal(["back-24.01<-BACK-1", "BACK-25<-back-24.01"], plan.Edges());
        Assert.Equal(["task-24.1", "task-99"], plan.Task("BACK-25").DependenciesAsWritten);
        Assert.Contains("migrated-prefix", plan.Codes());
        Assert.Equal("dangling-dependency", plan.Task("BACK-25").Problem);
    }

    [Fact]
    public void A_number_used_again_after_archiving_means_the_current_task()
    {
        var plan = Read(
            File("archive/tasks/task-1 - Old.md", "id: TASK-1\ntitle: Old\nstatus: Done"),
            File("tasks/task-1 - New.md", "id: task-1\ntitle: New\nstatus: To Do"),
            File("tasks/task-2 - B.md", "id: TASK-2\ntitle: B\nstatus: To Do\ndependencies: [TASK-1]"));

        Assert.Equal(["New", "Old", "B"], plan.Tasks.Select(task => task.Title));
        Assert.Equal(["TASK-2<-task-1"], plan.Edges());
        Assert.Null(plan.Task("task-1").Problem);
    }

    [Fact]
    public void Two_current_tasks_of_one_id_are_both_held_back()
    {
        var plan = Read(File("tasks/task-1 - A.md", "id: TASK-1\ntitle: A\nstatus: To Do"), File("tasks/task-1 - B.md", "id: TASK-1\ntitle: B\nstatus: To Do"));

        Assert.Equal(["duplicate-task", "duplicate-task"], plan.Tasks.Select(task => task.Problem));
    }

    [Fact]
    public void Words_of_the_folders_own_mean_by_their_place()
    {
        (string, string)[] files = [("backlog/config.yml", Config), File("tasks/task-1 - A.md", "id: TASK-1\ntitle: A\nstatus: Offen"), File("tasks/task-2 - B.md", "id: TASK-2\ntitle: B\nstatus: In Arbeit"), File("tasks/task-3 - C.md", "id: TASK-3\ntitle: C\nstatus: Fertig"), File("tasks/task-4 - D.md", "id: TASK-4\ntitle: D\nstatus: Egal")];

        Assert.Equal([PlanStatus.Pending, PlanStatus.InProgress, PlanStatus.Done, PlanStatus.Unknown], Read(files).Tasks.Select(task => task.Status));
        Assert.Contains("status: Fertig\n", DataPlans.Ticked("backlog-md", DataPlans.Input(files), "TASK-1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_boxes_are_criteria_and_never_tasks()
    {
        var plan = Read(File("tasks/task-1 - A.md", "id: TASK-1\ntitle: A\nstatus: To Do", "## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [ ] #1 a\n- [x] #2 b\n<!-- AC:END -->\n```\n- [ ] example\n```\n"));

        Assert.Equal((1, 2, 1), (plan.Counts.Tasks, plan.Counts.Criteria, plan.Counts.Excluded));
    }

    [Fact]
    public void A_head_that_is_no_proper_yaml_is_read_line_by_line()
    {
        var plan = Read(File("tasks/task-1 - A.md", "id: TASK-1\ntitle: Add x: y\nstatus: 'In Progress'\nassignee: @me\ndependencies:\n  - TASK-2\nlabels: [ui, \"b\"]"), File("tasks/task-2 - B.md", "id: TASK-2\ntitle: >-\n  folded\n  title\nassignee:\n  - '@dev-1'"));

        Assert.Equal(["Add x: y", "folded title"], plan.Tasks.Select(task => task.Title));
        Assert.Equal(["TASK-1<-TASK-2"], plan.Edges());
        Assert.Equal((PlanStatus.InProgress, "ui", "dev-1"), (plan.Tasks[0].Status, plan.Tasks[0].Group, plan.Tasks[1].Agent!.Value.Value));
    }

    [Fact]
    public void Files_come_from_the_head_and_the_description_and_not_from_the_notes()
    {
        var plan = Read(File("tasks/task-1 - A.md", "id: TASK-1\ntitle: A\nmodified_files:\n  - src/a.rs", "## Description\nChange `src/b.rs`.\n\n## Implementation Notes\nSaw `src/c.rs`.\n"));

        Assert.Equal(["src/a.rs", "src/b.rs"], plan.Tasks[0].Files);
    }

    [Fact]
    public void A_file_without_a_head_is_left_out_aloud()
    {
        var plan = Read(("backlog/tasks/README.md", "# Tasks\n"), File("tasks/task-1 - A.md", "id: TASK-1\ntitle: A"));

        Assert.Equal((1, 1), (plan.Counts.Tasks, plan.Counts.Excluded));
        Assert.Contains(plan.Problems, problem => problem.Code == "no-front-matter" && problem.Message.StartsWith("backlog/tasks/README.md: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("---\nid: T-1\nstatus: To Do # later\n---\n", "---\nid: T-1\nstatus: Done # later\n---\n")]
    [InlineData("---\r\nid: T-1\r\nstatus: \"To Do\"\r\n---\r\n", "---\r\nid: T-1\r\nstatus: \"Done\"\r\n---\r\n")]
    [InlineData("\uFEFF---\nid: T-1\ntitle: ünï\nstatus: 'To Do'\n---", "\uFEFF---\nid: T-1\ntitle: ünï\nstatus: 'Done'\n---")]
    [InlineData("---\nid: T-1\n---\n", "---\nstatus: Done\nid: T-1\n---\n")]
    [InlineData("---\nid: T-1\ntitle: a: b\nstatus: To Do\n---\n", "---\nid: T-1\ntitle: a: b\nstatus: Done\n---\n")]
    public void A_tick_replaces_the_one_status(string before, string after) =>
        Assert.Equal(after, DataPlans.Ticked("backlog-md", DataPlans.Input(("backlog/tasks/t-1 - A.md", before)), "T-1"));

    private static (string Path, string Text) File(string path, string head, string body = "") => ($"backlog/{path}", $"---\n{head}\n---\n\n{body}");

    private static Plan Read(params (string Path, string Text)[] files) => DataPlans.Read("backlog-md", files);
}
