using Interlock.Domain.Plans;

namespace Interlock.Tests.Importers.Formats;

/// <summary>Files as people leave them: every line is a task, a criterion or told, and nothing is lost.</summary>
public sealed class Untidy_files
{
    [Fact]
    public void A_spec_kit_file_with_every_bullet_mark_and_line_ending()
    {
        var plan = Read("spec-kit", "specs/001-a/tasks.md", "\uFEFF# Tasks: A\r\n\r\n### Phase 1: Setup\r\n* [ ] T002 second `src/b.ts`\r\n+ [X] T001 [P] first 漢字 🚀\r\n1. [~] T003 odd\r\n\t- [ ] nested\r\n- [-] T004 dash\r\n- [ ] T002 again\r\n```\r\n- [ ] T006 fenced\r\n```\r\n- [ ]T007 no space\r\n## Success Criteria\r\n- [ ] all green");

        Assert.Equal(["001-T002", "001-T001", "001-T003", "001-T004", "001-T007"], plan.Tasks.Select(task => task.Id.Value));
        Assert.Equal(new PlanCounts(9, 5, 2, 2), plan.Counts);
        Assert.Equal(["duplicate-task", "fenced-checkboxes", "unknown-mark"], plan.Codes().Order());
    }

    [Fact]
    public void An_openspec_change_with_suffixes_twins_and_tasks_without_a_number()
    {
        var plan = Read("openspec", "openspec/changes/x/tasks.md", "## 1 Group\n- [ ] 1.1 a\n* [x] 1.2 b\n  + [ ] nested\n1. [ ] 1.3 c\n1) [ ] 1.4 d\n- [~] 1.5 e\n- [ ] 1.10 f\n- [ ] 1.9 g\n- [ ] 1.2a h\n- [ ] no id\n- [ ] 1.1 twin\n");

        Assert.Equal(["1.1", "1.2", "1.2.1", "1.3", "1.4", "1.5", "1.10", "1.9", "1.2a"], plan.SourceIds()[..9]);
        Assert.Equal(new PlanCounts(11, 10, 0, 1), plan.Counts);
        Assert.Equal("duplicate-task", plan.Tasks[0].Problem);
    }

    [Fact]
    public void A_story_plan_with_bold_stories_boxes_in_headings_and_a_line_of_a_hundred_thousand_characters()
    {
        var plan = Read("story-plan", "PLAN.md", $"### Story 1.1: A\n- [ ] Task 1.1.2: b [Dependencies: Task 1.1.1]\n* [x] Task 1.1.1: a\n1. [X] Task 1.1.4: d\n- [-] Task 1.1.6: f\n- [ ] no id\n- [ ] **Task 1.1.7**: bold\n- [ ] TASK 1.1.9: caps\n- [ ] Task 1.1.10: {new string('x', 100_000)}\n## [ ] Story 1.2: B\n- [ ] Task 1.2.1 no colon\n**Story 1.3: bold**\n- [ ] Task 1.3.1: z");

        Assert.Equal(["1.1", "1.2", "1.3"], plan.Stories.Select(story => story.Id.Value));
        Assert.Equal(["1.1.2", "1.1.1", "1.1.4", "1.1.6", "", "1.1.7", "1.1.9", "1.1.10", "1.2.1", "1.3.1"], plan.SourceIds());
        Assert.Equal(["1.1.2<-1.1.1"], plan.Edges());
    }

    [Fact]
    public void A_task_master_file_with_mixed_ids_a_twin_a_missing_id_and_two_tags()
    {
        var plan = DataPlans.TaskMaster("\uFEFF" + """
            { "master": { "tasks": [ { "id": 2, "title": "b", "dependencies": ["1"], "subtasks": [
                { "id": 1, "title": "x" }, { "id": "2", "title": "y", "dependencies": [1, "2.1"] }, { "id": 2.3, "title": "z", "dependencies": ["2.2"] } ] },
              { "id": "1", "title": "a", "status": "completed" }, { "id": 3, "title": "c", "dependencies": [99] }, { "id": 3, "title": "c2" } ] },
              "feature": { "tasks": [ { "id": 1, "title": "a" } ] } }
            """.ReplaceLineEndings("\r\n"));

        Assert.Equal(["2", "2.1", "2.2", "2.3", "1", "3", "3", "1"], plan.SourceIds());
        Assert.Equal(["2<-1", "2.2<-2.1", "2.3<-2.2"], plan.Edges());
        Assert.Equal(["2.1", "2.2", "2.3"], plan.Task("2").Parts.Select(id => id.Value));
        Assert.Equal("99", plan.Task("3").DependenciesAsWritten.Single());
    }

    [Fact]
    public void A_check_list_with_quotes_fences_comments_and_four_ways_to_get_a_box_wrong()
    {
        var plan = Read("check-list", "TODO.md", "# A\n- [ ] a\n* [ ] b\n+ [x] c\n1. [ ] d\n2) [X] e\n- [~] f\n- [-] g\n    - [ ] deep\n\t\t- [ ] deeper\n> - [ ] quoted\n- [] bad\n-[ ] nospace\n- [ ] \n- [ ] a\n<!-- - [ ] hidden -->\n~~~\n- [ ] fenced\n~~~\n## Definition of Done\n- [ ] done\n");

        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "deep", "deeper", "nospace", "a"], plan.Tasks.Select(task => task.Title));
        Assert.Equal(new PlanCounts(17, 11, 1, 5), plan.Counts);
        Assert.Equal([1, 1], plan.Tasks.Where(task => task.Parts.Count > 0).Select(task => task.Parts.Count));
        Assert.Equal(11, plan.Tasks.Select(task => task.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("ralph", "prd.json", "{\"userStories\":[\n{\"id\":\"a\",\"title\":\"A\",\"files\":[\"src/a.ts\",\"../b.ts\",\"src/[c\"]}]}", 2)]
    [InlineData("task-master", ".taskmaster/tasks/tasks.json", "{\"master\":{\"tasks\":[\n{\"id\":1,\"title\":\"A\",\"relevantFiles\":\"src/a.ts, C:/b.ts, src/{c\"}]}}", 2)]
    [InlineData("backlog-md", "backlog/tasks/task-1 - A.md", "---\nid: TASK-1\ntitle: A\nfiles: [src/a.ts, /etc/b, ~/c]\n---\n", 1)]
    public void A_named_file_that_is_no_path_of_the_repository_is_told_and_left_out(string format, string path, string text, int line)
    {
        var plan = DataPlans.Read(format, (path, text));

        Assert.Equal(["src/a.ts"], Assert.Single(plan.Tasks).Files);
        Assert.Equal([line, line], plan.Problems.Where(problem => problem.Code == "unsafe-path").Select(problem => problem.Line));
    }

    private static Plan Read(string format, string path, string text) => DataPlans.Read(format, (path, text));
}
