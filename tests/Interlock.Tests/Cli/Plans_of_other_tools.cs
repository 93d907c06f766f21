namespace Interlock.Tests.Cli;

public sealed class Plans_of_other_tools
{
    private const string SpecKit = "# Tasks: Export\n## Phase 1: Setup\n- [ ] T001 Write it in src/a.ts\n- [X] T002 [P] Read it\n## Phase 2: User Story 1 - A\n- [ ] T003 [US1] Test it (depends on T001)\n";

    [Theory]
    [InlineData("specs/004-export/tasks.md", SpecKit, "spec-kit", "004-export")]
    [InlineData("openspec/changes/add-export/tasks.md", "## 1. A\n- [ ] 1.1 a\n", "openspec", "add-export")]
    [InlineData(".kiro/specs/export/tasks.md", "- [ ] 1. a\n", "kiro", "export")]
    [InlineData("TODO.md", "- [ ] a\n", "check-list", "TODO")]
    [InlineData("IMPLEMENTATION_PLAN.md", "- [ ] a\n", "check-list", "IMPLEMENTATION_PLAN")]
    [InlineData("PLAN.md", "### Story 1.1: A\n- [ ] Task 1: a\n", "story-plan", "1.1")]
    public void The_only_plan_there_is_is_found_recognised_and_assigned(string path, string text, string format, string story)
    {
        using var cli = Cli.EmptyRepository();
        cli.Write(path, text);

        var plan = cli.Json("plan").Expect(0).Json;

        Assert.Equal((format, story), (plan.GetProperty("format").GetString(), plan.GetProperty("stories")[0].GetProperty("id").GetString()));
        Assert.Equal(format, cli.Json("plan", "--from", path).Expect(0).Json.GetProperty("format").GetString());
        cli.Run("assign", "--story", story).Expect(0);
    }

    [Fact]
    public void Several_plans_are_named_and_one_is_asked_for()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write("specs/004-export/tasks.md", SpecKit);
        cli.Write("TODO.md", "- [ ] a\n");

        var answer = cli.Run("plan").Expect(1);

        Assert.Contains("specs (spec-kit), TODO.md (check-list)", answer.Error, StringComparison.Ordinal);
        Assert.Contains("--from specs", answer.Error, StringComparison.Ordinal);
        Assert.Equal("spec-kit", cli.Json("plan", "--from", "specs").Expect(0).Json.GetProperty("format").GetString());
        Assert.Equal("check-list", cli.Json("plan", "--from", "specs/004-export/tasks.md", "--format", "check-list").Expect(0).Json.GetProperty("format").GetString());
        Assert.Contains("is not a format", cli.Run("plan", "--format", "x").Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", cli.Run("plan", "--from", "nowhere").Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_says_in_json_where_it_comes_from_and_what_it_waits_for()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write("specs/004-export/tasks.md", SpecKit);

        var task = cli.Json("plan").Expect(0).Json.GetProperty("tasks")[2];

        Assert.Equal(
        [
            "id", "source_id", "story_id", "group", "title", "status", "dependencies", "dependencies_as_written", "implicit_dependencies", "files", "complexity", "agent", "line",
        ], task.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("004-T003", "T003"), (task.GetProperty("id").GetString(), task.GetProperty("source_id").GetString()));
        Assert.Equal("""[{"on":"004-T002","kind":"phase-barrier"}]""", task.GetProperty("implicit_dependencies").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        Assert.Empty(cli.Json("plan", "--relax", "phase-barrier,sequence").Expect(0).Json.GetProperty("tasks")[2].GetProperty("implicit_dependencies").EnumerateArray());
        Assert.Contains("--relax phase-barrier", cli.Run("plan").Expect(0).Out, StringComparison.Ordinal);
        cli.Run("plan", "--relax", "explicit").Expect(2);
    }

    [Fact]
    public void An_import_brings_in_the_order_that_was_not_relaxed()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write("specs/004-export/tasks.md", SpecKit);

        var report = cli.Json("import").Expect(0).Json;

        Assert.Equal(("spec-kit", 3), (report.GetProperty("format").GetString(), report.GetProperty("added").GetInt32()));
        Assert.Equal("completed", cli.Status("004-T002"));
        Assert.Equal(["004-T001", "004-T002"], Dependencies(cli));
        Assert.Equal(1, cli.Json("import", "--relax", "phase-barrier").Expect(0).Json.GetProperty("changed").GetInt32());
        Assert.Equal(["004-T001"], Dependencies(cli));
        cli.Write("interlock.json", """{ "plan_relax": ["phase-barrier"] }""");
        Assert.Equal(0, cli.Json("import").Expect(0).Json.GetProperty("changed").GetInt32());
        cli.Write("interlock.json", """{ "plan_relax": ["explicit"] }""");
        Assert.Contains("no order that can be relaxed", cli.Run("import").Expect(1).Error, StringComparison.Ordinal);

        static string?[] Dependencies(Cli cli) => [.. cli.Task("004-T003").GetProperty("dependencies").EnumerateArray().Select(id => id.GetString())];
    }

    [Fact]
    public void A_second_plan_leaves_the_tasks_of_the_first_alone()
    {
        using var cli = Cli.Assigned();
        cli.Write("specs/004-export/tasks.md", SpecKit);

        var report = cli.Json("import", "--from", "specs").Expect(0).Json;

        Assert.Equal((3, 0), (report.GetProperty("added").GetInt32(), report.GetProperty("gone").GetArrayLength()));
        cli.Claim("2.5.1", "dev-oauth-1");
    }

    [Fact]
    public void Criteria_are_tasks_where_the_configuration_says_so()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write("TODO.md", "- [ ] a\n## Definition of done\n- [ ] b\n");
        Assert.Equal(1, cli.Json("plan").Expect(0).Json.GetProperty("counts").GetProperty("tasks").GetInt32());

        cli.Write("interlock.json", """{ "plan_criteria_as_tasks": true }""");

        Assert.Equal(2, cli.Json("plan").Expect(0).Json.GetProperty("counts").GetProperty("tasks").GetInt32());
    }

    [Fact]
    public void Prose_says_that_it_has_no_tasks_and_is_no_error()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write("plan/IMPLEMENTATION_PLAN.md", "# Plan\n## Week 1\ntext\n");

        Assert.Contains("0 tasks, 1 candidate heading: 'Week 1' on line 2", cli.Run("plan").Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_an_older_file_of_a_tool_its_newer_one_is_the_plan_of_a_folder()
    {
        using var cli = Cli.EmptyRepository();
        cli.Write("app/.taskmaster/tasks.json", """{ "tasks": [ { "id": 1, "title": "old", "dependencies": [] } ] }""");
        cli.Write("app/.taskmaster/tasks/tasks.json", """{ "master": { "tasks": [ { "id": 1, "title": "new", "dependencies": [] } ] } }""");

        var plan = cli.Json("plan", "--from", "app").Expect(0).Json;

        Assert.Equal("new", plan.GetProperty("tasks")[0].GetProperty("title").GetString());
        Assert.Equal("app/.taskmaster/tasks/tasks.json", plan.GetProperty("source").GetString());
    }
}
