using Interlock.Domain.Plans;
using static Interlock.Tests.Plans.StoryPlanText;

namespace Interlock.Tests.Plans;

public sealed class Task_lines
{
    [Theory]
    [InlineData("- [ ] Task 2.5.1: Add cipher")]
    [InlineData("* [ ] Task 2.5.1: Add cipher")]
    [InlineData("+ [ ] Task 2.5.1: Add cipher")]
    [InlineData("1. [ ] Task 2.5.1: Add cipher")]
    [InlineData("12) [ ] Task 2.5.1: Add cipher")]
    [InlineData("\t- [ ] Task 2.5.1: Add cipher")]
    [InlineData("-\t[ ]\tTask 2.5.1: Add cipher")]
    [InlineData("        - [ ] TASK 2.5.1: Add cipher")]
    [InlineData("-[ ]Task 2.5.1: Add cipher")]
    [InlineData("- [ ] Task 2.5.1 Add cipher")]
    [InlineData("- [ ] Task 2.5.1 - Add cipher")]
    [InlineData("- [ ] Task 2.5.1. Add cipher")]
    [InlineData("- [ ] Task #2.5.1: Add cipher")]
    [InlineData("- [ ] 2.5.1: Add cipher")]
    [InlineData("- [ ] 2.5.1 Add cipher")]
    [InlineData("- [ ] **Task 2.5.1**: Add cipher")]
    [InlineData("- [ ] **Task 2.5.1:** Add cipher")]
    [InlineData("- [ ] **Task 2.5.1: Add cipher**")]
    [InlineData("- [ ] **2.5.1** Add cipher")]
    [InlineData("- [ ]* 2.5.1 Add cipher")]
    [InlineData("- [ ] Task 2.5.1: Add\tcipher  ")]
    [InlineData("- [ ] Task 2.5.1: Add <!-- soon --> cipher")]
    [InlineData("<!-- soon --> - [ ] Task 2.5.1: Add cipher")]
    [InlineData("- [ ] Task 2.5.1: Add\n  cipher")]
    public void The_ways_to_write_a_task_all_mean_the_same(string line)
    {
        var task = OnlyTask(line);

        Assert.Equal(("2.5.1", "2.5.1", "Add cipher", PlanMark.Pending), (task.Id.Value, task.SourceId, task.Title, task.Mark));
        Assert.Equal("2.5", task.Story.Value);
        Assert.Equal(2, task.Line);
    }

    [Theory]
    [InlineData("- [ ] PRM.1: Add", "PRM.1")]
    [InlineData("- [ ] Task DL-REHYDRATE.2: Add", "DL-REHYDRATE.2")]
    [InlineData("- [ ] TASK-12: Add", "TASK-12")]
    [InlineData("- [ ] Task 7 Add", "7")]
    public void Ids_need_not_be_dotted_numbers(string line, string id) => Assert.Equal(id, OnlyTask(line).Id.Value);

    [Theory]
    [InlineData("- [ ] Task list: render it", "Task list: render it")]
    [InlineData("- [ ] Task runner setup", "Task runner setup")]
    [InlineData("- [ ] 3 retries at most", "3 retries at most")]
    [InlineData("- [ ] Tasks 2.5 are done", "Tasks 2.5 are done")]
    [InlineData("- [x]（括号）text", "（括号）text")]
    public void Plain_words_are_not_taken_for_an_id(string line, string title)
    {
        var task = OnlyTask(line);

        Assert.Equal(("", title), (task.SourceId, task.Title));
        Assert.Matches("^2\\.5-[0-9a-f]{8}$", task.Id.Value);
    }

    [Fact]
    public void Attributes_and_annotation_are_read_and_leave_the_title()
    {
        var task = OnlyTask("- [x] Task 2.5.2: Use cipher [Complexity: HIGH] [Dependencies: none] [Files: src/a.ts, src/b/**] (dev-oauth-1)");

        Assert.Equal(("Use cipher", PlanMark.Done, Complexity.High), (task.Title, task.Mark, task.Complexity));
        Assert.Equal("dev-oauth-1", task.Agent?.Value);
        Assert.Equal(["src/a.ts", "src/b/**"], task.Files);
        Assert.Empty(task.DependenciesAsWritten);
    }

    [Theory]
    [InlineData("Use it (dev-oauth-1) [Complexity: low]", "Use it", "dev-oauth-1")]
    [InlineData("Use it [Agent: qa-1]", "Use it", "qa-1")]
    [InlineData("Write (utf-8)", "Write (utf-8)", null)]
    [InlineData("Write (Dev-oauth-1)", "Write (Dev-oauth-1)", null)]
    [InlineData("Write (dev-oauth-1) now", "Write (dev-oauth-1) now", null)]
    [InlineData("Write (dev-oauth)", "Write (dev-oauth)", null)]
    public void An_agent_is_a_lower_case_id_at_the_end(string text, string title, string? agent)
    {
        var task = OnlyTask($"- [ ] Task 1: {text}");

        Assert.Equal((title, agent), (task.Title, task.Agent?.Value));
    }

    [Theory]
    [InlineData("Task 1, Task 2", "1 2")]
    [InlineData("1; 2", "1 2")]
    [InlineData("Tasks 1 and 2", "1 2")]
    [InlineData("TASK 2, task #1", "2 1")]
    [InlineData("`1`, **2**", "1 2")]
    [InlineData("None", "")]
    [InlineData("n/a", "")]
    [InlineData("-", "")]
    [InlineData("", "")]
    public void Dependencies_are_ids_in_the_order_written(string value, string ids)
    {
        var task = Story($"- [ ] Task 1: a\n- [ ] Task 2: b\n- [ ] Task 3: c [Dependencies: {value}]\n").Task("3");

        Assert.Equal(ids, string.Join(' ', task.DependenciesAsWritten));
        Assert.Equal(ids, string.Join(' ', task.Dependencies));
        Assert.Null(task.Problem);
    }

    [Theory]
    [InlineData("[Files: app/[id]/page.tsx]", "app/[id]/page.tsx")]
    [InlineData("[Files: src/{a,b}.ts, `./c.md` (new)]", "src/{a,b}.ts c.md")]
    [InlineData("[Files: src\\win\\a.cs]", "src/win/a.cs")]
    [InlineData("[Files: Makefile] in `src/x.go` and `README.md`", "Makefile src/x.go README.md")]
    [InlineData("change `src/x.go` and again `src/x.go`", "src/x.go")]
    [InlineData("call `console.log`, `GET /health`, `/health/live`, `application/json`, `@types/node`, `a() / b`, `v1.2.3`", "")]
    [InlineData("`../x.ts` `C:/x.ts` `https://x/y.ts` `~/x.ts` `a/../../x.ts`", "")]
    [InlineData("[Files: none]", "")]
    public void Files_are_repo_relative_patterns(string text, string files) =>
        Assert.Equal(files, string.Join(' ', OnlyTask($"- [ ] Task 1: x {text}").Files));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("C:\\x")]
    [InlineData("~/x")]
    [InlineData("x/**y")]
    [InlineData("[z-a].ts")]
    public void A_path_that_no_task_can_have_is_refused_aloud(string path)
    {
        var plan = Story($"- [ ] Task 1: x [Files: {path}, ok.ts]\n");

        Assert.Equal(["ok.ts"], plan.Tasks[0].Files);
        Assert.Equal((ProblemSeverity.Warning, 2), (plan.Problem("unsafe-path").Severity, plan.Problem("unsafe-path").Line));
    }

    [Fact]
    public void A_pattern_that_is_not_closed_is_told_with_its_line()
    {
        var plan = Story("- [ ] Task 1: x [Files: src- [\n");

        Assert.Empty(plan.Tasks[0].Files);
        Assert.Equal(2, plan.Problem("unsafe-path").Line);
        Assert.Contains("'src- [' has a '[' without its ']'", plan.Problem("unsafe-path").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attribute_that_is_not_known_is_named_and_taken_off_the_end()
    {
        var plan = Story("- [ ] Task 1: see [Note: this] now [Priority: 2] [Complexity: low]\n");

        Assert.Equal("see [Note: this] now", plan.Tasks[0].Title);
        Assert.Contains("Priority", plan.Problem("unknown-attribute").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dependency_in_an_attribute_that_is_never_closed_is_not_lost()
    {
        var plan = Story("- [ ] Task 1: a\n- [ ] Task 2: b [Dependencies: Task 1\n");

        Assert.Equal(["1"], plan.Task("2").DependenciesAsWritten);
        Assert.Equal(3, plan.Problem("unclosed-attribute").Line);
    }

    [Fact]
    public void An_attribute_wrapped_onto_the_next_line_is_read()
    {
        var plan = Story("- [ ] Task 1: a\n- [ ] Task 2: long\n  text [Dependencies:\n  Task 1] [Complexity: high]\n\n  apart\n");

        Assert.Equal(("long text", Complexity.High), (plan.Task("2").Title, plan.Task("2").Complexity));
        Assert.Equal(["1"], plan.Task("2").DependenciesAsWritten);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void An_unknown_complexity_counts_as_medium_and_is_reported()
    {
        var plan = Story("- [ ] Task 1: a [Complexity: huge]\n- [ ] Task 2: b\n");

        Assert.All(plan.Tasks, task => Assert.Equal(Complexity.Medium, task.Complexity));
        Assert.Equal(2, plan.Problem("unknown-complexity").Line);
    }

    [Theory]
    [InlineData("~")]
    [InlineData("-")]
    [InlineData("/")]
    [InlineData("!")]
    [InlineData("✓")]
    [InlineData("✔️")]
    [InlineData("👩‍💻")]
    public void An_unknown_mark_is_not_done_and_is_reported(string mark)
    {
        var plan = Story($"- [{mark}] Task 1: a\n");

        Assert.Equal(PlanMark.Unknown, plan.Tasks[0].Mark);
        Assert.Equal((ProblemSeverity.Warning, 2), (plan.Problem("unknown-mark").Severity, plan.Problem("unknown-mark").Line));
    }

    [Theory]
    [InlineData("- [Source: docs/x.md]")]
    [InlineData("- [a](https://example.org)")]
    [InlineData("- [](https://example.org)")]
    [InlineData("- [[Page]]")]
    [InlineData("- plain")]
    [InlineData("[1] reference")]
    [InlineData("- text [x] text")]
    public void A_line_that_only_has_brackets_is_no_checkbox(string line) => Assert.Equal(0, Story(line).Counts.Checkboxes);

    [Theory]
    [InlineData("- [] Task 1: a")]
    [InlineData("- [  ] Task 1: a")]
    [InlineData("- [x ] Task 1: a")]
    [InlineData("[ ] Task 1: a")]
    [InlineData("• [x] Task 1: a")]
    [InlineData("> - [ ] Task 1: a")]
    public void What_only_looks_like_a_checkbox_is_left_out_aloud(string line)
    {
        var plan = Story(line);

        Assert.Equal((0, 1), (plan.Tasks.Count, plan.Counts.Excluded));
        Assert.Equal(2, plan.Problem("malformed-checkbox").Line);
    }

    [Theory]
    [InlineData("Task 2..5: a", "2..5")]
    [InlineData("Task ../../etc/passwd: a", "../../etc/passwd")]
    [InlineData("Task 1/2: a", "1/2")]
    [InlineData("Task 1.2.lock: a", "1.2.lock")]
    public void An_id_outside_the_grammar_is_refused_aloud(string text, string id)
    {
        var plan = Story($"- [ ] {text}\n");

        Assert.Empty(plan.Tasks);
        var problem = plan.Problem("invalid-id");
        Assert.Equal((ProblemSeverity.Error, 2), (problem.Severity, problem.Line));
        Assert.Contains(id, problem.Message, StringComparison.Ordinal);
        Assert.Contains(Identifiers.Grammar, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkbox_without_text_is_left_out_aloud()
    {
        var plan = Story("- [ ]\n- [ ] Task 1:\n");

        Assert.Equal(2, plan.Problem("empty-checkbox").Line);
        Assert.Equal("Task 1", Assert.Single(plan.Tasks).Title);
    }

    [Fact]
    public void Control_characters_do_not_reach_the_title() =>
        Assert.Equal("a [31mred b", OnlyTask("- [ ] Task 1: a\u001b[31mred\0b").Title);
}
