using System.Text;
using Interlock.Domain.Plans;
using static Interlock.Tests.Plans.StoryPlanText;

namespace Interlock.Tests.Plans;

public sealed class Plan_problems
{
    [Fact]
    public void A_task_with_a_dangling_dependency_is_held_back()
    {
        var plan = Story("- [ ] Task 1: a [Dependencies: Task 7, Story 2.4, Task 2]\n- [ ] Task 2: b\n- [ ] Task 3: c [Dependencies: Task 1]\n");

        Assert.Equal(["7", "Story 2.4", "2"], plan.Task("1").DependenciesAsWritten);
        Assert.Equal(["2"], plan.Task("1").Dependencies.Select(id => id.Value));
        Assert.Equal(["dangling-dependency", null, null], plan.Tasks.Select(task => task.Problem));
        Assert.Equal([2, 2], plan.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => problem.Line));
    }

    [Fact]
    public void A_task_that_depends_on_itself_is_held_back()
    {
        var plan = Story("- [ ] Task 1: a [Dependencies: Task 1]\n- [ ] Task 2: b\n");

        Assert.Equal(["self-dependency", null], plan.Tasks.Select(task => task.Problem));
        Assert.Equal("self-dependency", Assert.Single(plan.Problems).Code);
    }

    [Fact]
    public void A_cycle_is_named_whole_and_only_its_tasks_are_held_back()
    {
        var plan = Story("""
            - [ ] Task 1: a [Dependencies: Task 3]
            - [ ] Task 2: b [Dependencies: Task 1]
            - [ ] Task 3: c [Dependencies: Task 2]
            - [ ] Task 4: d [Dependencies: Task 3]
            - [ ] Task 5: e
            """);

        Assert.Equal(["cycle", "cycle", "cycle", null, null], plan.Tasks.Select(task => task.Problem));
        var problem = plan.Problem("cycle");
        Assert.Contains("1 (line 2) → 3 (line 4) → 2 (line 3) → 1 (line 2)", problem.Message, StringComparison.Ordinal);
        Assert.Equal((ProblemSeverity.Error, 2), (problem.Severity, problem.Line));
    }

    [Fact]
    public void Tasks_knotted_into_several_cycles_are_all_named()
    {
        var plan = Story("- [ ] Task 1: a [Dependencies: 2, 3]\n- [ ] Task 2: b [Dependencies: 1]\n- [ ] Task 3: c [Dependencies: 1]\n");

        Assert.All(plan.Tasks, task => Assert.Equal("cycle", task.Problem));
        Assert.Contains("3 (line 4)", plan.Problem("cycle").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Task 1", "Task 1")]
    [InlineData("Task A.1", "Task a.1")]
    public void Of_two_tasks_with_one_id_the_first_keeps_its_place_and_is_held_back(string first, string second)
    {
        var plan = Story($"- [ ] {first}: first\n- [ ] {second}: second\n- [ ] {second}: third\n- [ ] Task 2: b [Dependencies: {first}]\n");

        Assert.Equal(["first", "b"], plan.Tasks.Select(task => task.Title));
        Assert.Equal(["duplicate-task", null], plan.Tasks.Select(task => task.Problem));
        Assert.Equal(new PlanCounts(4, 2, 0, 2), plan.Counts);
        Assert.Equal([3, 4], plan.Problems.Select(problem => problem.Line));
        Assert.All(plan.Problems, problem => Assert.Contains("on line 2", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Task_ids_and_story_ids_do_not_collide() =>
        Assert.Empty(Story("- [ ] Task 2.5: a\n- [ ] Task 2.4: b [Dependencies: Task 2.5]\n").Problems);

    [Fact]
    public void An_unfinished_merge_holds_back_the_whole_file()
    {
        var plan = Story("""
            - [ ] Task 1: a
            <<<<<<< HEAD
            - [x] Task 2: b
            =======
            - [ ] Task 2: c
            >>>>>>> other
            """);

        Assert.Empty(plan.Tasks);
        Assert.Equal(new PlanCounts(3, 0, 0, 3), plan.Counts);
        var problem = Assert.Single(plan.Problems);
        Assert.Equal(("conflict-marker", ProblemSeverity.Error, 3), (problem.Code, problem.Severity, problem.Line));
        Assert.Contains("line 5", problem.Message, StringComparison.Ordinal);
        Assert.Contains("line 7", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<<<<<<< HEAD\n- [ ] Task 1: a\n", 2)]
    [InlineData("- [ ] Task 1: a\n>>>>>>> other\n", 3)]
    [InlineData("<!--\n<<<<<<< HEAD\n-->\n- [ ] Task 1: a\n", 3)]
    public void A_stray_conflict_marker_is_enough(string lines, int line) =>
        Assert.Equal(line, Story(lines).Problem("conflict-marker").Line);

    [Theory]
    [InlineData("Title\n=======\n- [ ] Task 1: a\n")]
    [InlineData("```\n<<<<<<< HEAD\n=======\n>>>>>>> other\n```\n- [ ] Task 1: a\n")]
    [InlineData("<<<<<<<< eight\n- [ ] Task 1: a\n")]
    public void What_is_no_conflict_marker_changes_nothing(string lines) => Assert.Equal(["1"], Story(lines).Ids());

    [Fact]
    public void Bytes_that_are_no_utf8_are_an_error_that_holds_back_their_line_alone()
    {
        byte[] bytes = [.. "### Story 1.1: A\n- [ ] Task 1: ok\n- [ ] Task 2: "u8, 0xE4, 0xF6, .. "\n- [ ] Task 3: ok\n"u8];

        var plan = StoryPlanText.Read(bytes, "p");

        Assert.Equal([null, "not-utf8", null], plan.Tasks.Select(task => task.Problem));
        Assert.Equal((ProblemSeverity.Error, 3), (plan.Problem("not-utf8").Severity, plan.Problem("not-utf8").Line));
    }

    [Fact]
    public void Utf16_is_an_error_and_no_crash() =>
        Assert.Contains(StoryPlanText.Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("### Story 1.1: A\n")], "p").Problems, problem => problem.Code == "not-utf8");

    [Fact]
    public void Problems_come_in_the_order_of_the_lines()
    {
        var lines = Story("- [~] Task 1: a [Dependencies: Task 9]\n- [ ] Task 1: b\n- [] c\n```\n- [ ] d\n```\n").Problems.Select(problem => problem.Line).ToArray();

        Assert.Equal(lines.Order(), lines);
        Assert.Equal(5, lines.Length);
    }
}
