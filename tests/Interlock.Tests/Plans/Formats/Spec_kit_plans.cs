using System.Text;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans.Formats;

public sealed class Spec_kit_plans
{
    private const string Path = "specs/004-export/tasks.md";

    [Theory]
    [InlineData("- [ ] T012 [P] [US1] Write it", "T012", "Write it")]
    [InlineData("- [ ] T012a [US1][P] Write it", "T012a", "Write it")]
    [InlineData("* [ ] **T012** [P]: Write it", "T012", ": Write it")]
    [InlineData("- [ ] [T012] [P] Write it", "T012", "Write it")]
    [InlineData("- [ ] T012: Write it", "T012", "Write it")]
    [InlineData("- [ ] T1001 [HIER] Write it", "T1001", "Write it")]
    [InlineData("- [ ] [P] T012 Write it", "T012", "Write it")]
    [InlineData("- [ ] T012 - Write it", "T012", "Write it")]
    [InlineData("- [ ] T012 [x](y) it", "T012", "[x](y) it")]
    public void An_id_and_labels_stand_in_front_of_the_text(string line, string id, string title)
    {
        var task = Assert.Single(FormatText.Parse("spec-kit", Path, line).Tasks);

        Assert.Equal((id, title, $"004-{id}", "004-export"), (task.SourceId, task.Title, task.Id.Value, task.Story.Value));
    }

    [Fact]
    public void Paths_and_dependencies_are_taken_from_the_text()
    {
        var plan = FormatText.Parse("spec-kit", Path, "- [ ] T001 a\n- [ ] T002 b\n- [ ] T003 c\n- [ ] T004 Service in src/a.py, `lib/b.ts` and tests/x/ (depends on T001-T003, T009) as and/or README.md\n");

        Assert.Equal(["T001", "T002", "T003", "T009"], plan.Of("T004").DependenciesAsWritten);
        Assert.Equal(["lib/b.ts", "src/a.py", "tests/x/"], plan.Of("T004").Files);
        Assert.Equal("dangling-dependency", plan.Of("T004").Problem);
    }

    [Fact]
    public void Phases_wait_for_one_another_and_stories_stand_beside_one_another()
    {
        var plan = FormatText.Parse("spec-kit", Path, """
            ## Phase 1: Setup
            - [ ] T001 a
            - [ ] T002 [P] b
            - [ ] T003 c
            ## Phase 2: Foundational
            - [ ] T004 d
            ## Phase 3: User Story 1 - A (Priority: P1)
            - [ ] T005 [P] [US1] e
            - [ ] T006 [P] [US1] f
            ## Phase 4: User Story 2 - B
            ### Tests
            - [ ] T007 [US2] g
            ### Code
            - [ ] T008 [US2] h
            ## Phase 5: User Story 3 - C
            - [ ] T009 [US3] i
            ## Phase 6: Polish
            - [ ] T010 [P] j

            - **User Story 3 (P2)**: Can start after Foundational - Depends on US1 (for its models)
            - **User Story 2 (P2)**: may integrate with US1
            """);

        Assert.Equal(
        [
            "T003<T001 sequence", "T003<T002 sequence", "T004<T003 phase-barrier", "T005<T004 phase-barrier", "T006<T004 phase-barrier", "T007<T004 phase-barrier",
            "T008<T007 sequence", "T009<T004 phase-barrier", "T009<T005 phase-barrier", "T009<T006 phase-barrier",
            "T010<T005 phase-barrier", "T010<T006 phase-barrier", "T010<T008 phase-barrier", "T010<T009 phase-barrier",
        ], plan.Implied());
        Assert.Equal(["T003<T001 sequence", "T003<T002 sequence", "T008<T007 sequence"], FormatText.Parse("spec-kit", Path, Text(plan), "phase-barrier").Implied().Take(3));

        static string Text(Plan _) => "## A\n- [ ] T001 a\n- [ ] T002 [P] b\n- [ ] T003 c\n## B\n- [ ] T007 g\n- [ ] T008 h\n";
    }

    [Fact]
    public void Chains_of_arrows_are_an_order()
    {
        var plan = FormatText.Parse("spec-kit", Path, "## A\n- [ ] T001 a\n- [ ] T002 b\n- [ ] T003 c\n```\nT003 → T001, T002\n```\n", "sequence");

        Assert.Equal(["T001<T003 inline", "T002<T003 inline"], plan.Implied());
    }

    [Fact]
    public void An_order_of_lines_gives_way_to_a_written_dependency()
    {
        var plan = FormatText.Parse("spec-kit", Path, "## A\n- [ ] T001 a (depends on T002)\n- [ ] T002 b\n- [ ] T003 c\n");

        Assert.Equal(["T003<T002 sequence"], plan.Implied());
        Assert.Equal((ProblemSeverity.Warning, 2), (plan.Problem("implied-order-dropped").Severity, plan.Problem("implied-order-dropped").Line));
        Assert.All(plan.Tasks, task => Assert.Null(task.Problem));
    }

    [Fact]
    public void Legends_criteria_steps_and_boxes_without_an_id_are_no_tasks()
    {
        var plan = FormatText.Parse("spec-kit", Path, """
            - [P] tasks = different files
            - [Story] label
            - [ ] T001 a
              - [ ] a step
            ## Success Criteria
            - [x] fast
            ## Validation
            - [ ] by hand
            - [ ] again
            """);

        Assert.Equal(["T001"], plan.SourceIds());
        Assert.Equal(new PlanCounts(6, 1, 2, 3), plan.Counts);
        Assert.Equal(1, plan.Problem("legend").Line);
        Assert.Equal(8, plan.Problem("no-task-id").Line);
    }

    [Fact]
    public void Features_of_one_folder_are_stories_whose_ids_do_not_collide()
    {
        var input = FormatText.Input(
            ("specs/001-a/tasks.md", "# Tasks: First\n- [ ] T001 a\n"), ("specs/002-b/tasks.md", "- [ ] T001 b\n"),
            ("specs/002-c/tasks.md", "- [ ] T001 c\n"), ("specs/20260319-143022-d/tasks.md", "- [ ] T001 d\n- [~] T002\n"));
        var plan = new SpecKit().Parse(input, new PlanReading());

        Assert.Equal(["001-T001", "002-b-T001", "002-c-T001", "20260319-143022-T001", "20260319-143022-T002"], plan.Ids());
        Assert.Equal(["First", "002-b", "002-c", "20260319-143022-d"], plan.Stories.Select(story => story.Title));
        Assert.Equal("specs/20260319-143022-d/tasks.md", plan.Problem("unknown-mark").Path);
        var alone = FormatText.Input(("specs/002-c/tasks.md", "- [ ] T001 c\n"));
        Assert.Equal("- [x] T001 c\n", Encoding.UTF8.GetString(new SpecKit().Tick(alone, new TaskId("002-c-T001"), out _)!.Content.Span));
        Assert.Equal("- [x] T001 c\n", Encoding.UTF8.GetString(new SpecKit().Tick(alone, new TaskId("002-T001"), out _)!.Content.Span));
    }
}
