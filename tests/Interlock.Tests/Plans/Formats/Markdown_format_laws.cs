using System.Text;
using CsCheck;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans.Formats;

/// <summary>What holds for every format that is Markdown, whatever the file holds.</summary>
public sealed class Markdown_format_laws
{
    private static readonly string[] Lines =
    [
        "# Tasks: T", "## Phase 1: Setup", "## Phase 2: Foundational", "## Phase 3: User Story 1 - A", "## Phase 4: User Story 2 - B", "## Final: Polish",
        "## 1. Group", "## 2. Other", "### 0) Old", "#### Success Criteria", "**Definition of Done**", "- [ ] T001 a", "- [x] T002 [P] [US1] b in src/b.ts",
        "- [X] T003 [US2] c (depends on T001, T009)", "- [ ] **T004** d", "  - [ ] step", "- [P] tasks = different files", "- [~] T005 e", "- [ ] 1. a", "  - [x] 1.1 b",
        "  - [ ]* 1.2 c", "    - _Requirements: 1.1_", "- [-] 2. d (P)", "- [ ] 2.1 e `src/e.ts`", "- [x]（text", "- [ ] no id", "\t- [ ] tabbed", "1) [ ] numbered",
        "- [ ] Task 3: f [Dependencies: Task 2]", "- [ ] ID: TASK-001 | Files: a/b.ts,c | Dep: - | Agent: x", "- [ ] PRM.1 g", "| T10 | text | ☐ |", "| T11 | text | ☑ |",
        "T001 → T002 → T003", "- User Story 2 (P1): Depends on US1", "```", "~~~~", "<!--", "-->", "- [] near", "[ ] near", "> - [ ] quoted", "", "prose", "  wrapped",
        "- [ ] 日本 🎉", "- [ ]", "=======", "- [ ] T001 a", "- [ ] 1.1 again",
    ];

    private static readonly Gen<string> Line = Gen.Frequency(
        (60, Gen.OneOf(Lines)), (6, Gen.String[Gen.Char["-*+[]x ~`<>!#:.1aTP\t|(){}☐→"], 0, 12]), (1, Gen.OneOf("<<<<<<< a", ">>>>>>> b")));

    private static readonly Gen<string> Document =
        Gen.Select(Line.Array[0, 40], Gen.OneOf("\n", "\r\n", "\r"), Gen.OneOf("", "\uFEFF"), Gen.Bool)
            .Select((lines, ending, start, final) => start + string.Join(ending, lines) + (final ? ending : ""));

    public static TheoryData<string, string> Formats => new()
    {
        { "spec-kit", "specs/003-search/tasks.md" },
        { "openspec", "openspec/changes/add-search/tasks.md" },
        { "kiro", ".kiro/specs/search/tasks.md" },
        { "check-list", "TODO.md" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_checkbox_is_a_task_a_criterion_or_left_out_with_a_problem(string format, string path) => Document.Sample(text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var plan = FormatText.Parse(format, path, bytes);

        var rowsOrHeadings = plan.Tasks.Any(task => Checkbox.TryRead(LineOf(bytes, task.Line)) is null);
        Assert.True(rowsOrHeadings ? CheckboxLines(bytes) < plan.Counts.Checkboxes : CheckboxLines(bytes) == plan.Counts.Checkboxes);
        Assert.Equal(plan.Tasks.Count, plan.Ids().Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(plan.Tasks, task => Assert.True(Identifiers.IsValid(task.Id.Value), task.Id.Value));
        Assert.All(plan.Tasks, task => Assert.Equal(path, task.SourcePath));
        Assert.All(plan.Tasks, task => Assert.Contains(task.Story, plan.Stories.Select(story => story.Id)));
        Assert.All(plan.Tasks, task => Assert.All(task.AllDependencies, on => Assert.Contains(on, plan.Tasks.Select(other => other.Id))));
        Assert.True(plan.Counts.Excluded == 0 || plan.Problems.Count > 0);
    }, iter: 1500);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Line_endings_and_a_byte_order_mark_change_nothing_but_offsets(string format, string path) =>
        Document.Where(text => !text.Contains('\r') && !text.StartsWith('\uFEFF')).Sample(text =>
        {
            var plain = FormatText.Parse(format, path, text);
            var windows = FormatText.Parse(format, path, "\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal));
            Assert.Equal(plain.Problems, windows.Problems);
            Assert.Equal(plain.Tasks.Select(Shown), windows.Tasks.Select(Shown));
        }, iter: 300);

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_tick_changes_one_byte_and_one_mark(string format, string path) => Document.Sample(text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var before = FormatText.Parse(format, path, bytes);
        foreach (var task in before.Tasks.Where(task => task.Mark != PlanMark.Done))
        {
            var ticked = FormatText.Find(format).Tick(FormatText.Input(path, bytes), task.Id, out var outcome)?.Content.ToArray();
            Assert.True(outcome is TickOutcome.Ticked or TickOutcome.NotReplaceable, $"{outcome}");
            if (ticked is null)
            {
                continue;
            }

            Assert.Equal(task.MarkOffset, Assert.Single(Enumerable.Range(0, bytes.Length), i => bytes[i] != ticked[i]));
            var after = FormatText.Parse(format, path, ticked);
            Assert.Equal(before.Tasks.Select(other => (other.Id, other.Id == task.Id ? PlanMark.Done : other.Mark)), after.Tasks.Select(other => (other.Id, other.Mark)));
        }
    }, iter: 200);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Torn_and_overwritten_bytes_never_throw(string format, string path) =>
        Gen.Select(Document, Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[0, 8], Gen.Int[0, 2000]).Sample((text, edits, end) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            foreach (var (at, value) in edits.Where(_ => bytes.Length > 0))
            {
                bytes[at % bytes.Length] = value;
            }

            FormatText.Parse(format, path, bytes[..Math.Min(end, bytes.Length)]);
        }, iter: 1500);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Implied_order_never_makes_a_cycle_and_can_be_relaxed(string format, string path) => Document.Sample(text =>
    {
        var plan = FormatText.Parse(format, path, text);
        var cycles = Graph.Cycles(plan.Tasks.Select(task => (task.Id, task.AllDependencies)));
        Assert.Equal(Graph.Cycles(plan.Tasks.Select(task => (task.Id, (IEnumerable<TaskId>)task.Dependencies))), cycles);
        Assert.All(plan.Tasks, task => Assert.Empty(task.Implicit.Select(edge => edge.On).Intersect(task.Dependencies)));
        Assert.Empty(FormatText.Parse(format, path, text, [.. DependencyKinds.Relaxable]).Implied());
    }, iter: 500);

    [Theory]
    [MemberData(nameof(Formats))]
    public void An_unfinished_merge_holds_back_the_whole_file(string format, string path)
    {
        var plan = FormatText.Parse(format, path, "## 1. A\n- [ ] T001 a\n<<<<<<< HEAD\n- [x] T002 b\n=======\n- [ ] T002 c\n>>>>>>> other\n");

        Assert.Empty(plan.Tasks);
        Assert.Equal(new PlanCounts(3, 0, 0, 3), plan.Counts);
        Assert.Equal(("conflict-marker", 3), (Assert.Single(plan.Problems).Code, plan.Problems[0].Line));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Large_files_and_long_lines_are_read(string format, string path)
    {
        string[] lines =
        [
            "- [ ] T{0:000} [P] text in src/file{0}.ts (depends on T001)\n", "- [ ] T{0:000} text\n", "- [ ] {0}.1 text\n", "  - [ ] nested {0}\n", "## Phase {0}: Setup\n- [ ] T{0:000} a\n",
            "## {0}. Group\n- [ ] {0}.1 a\n", "- [ ] free\n", "- [ ] 1.{0} (P) text\n", "T001-T050 → T001-T050\n", "| T{0} | a | ☐ |\n", "## Phase {0}: User Story {0} - A\n- [ ] T{0:000} [P] [US{0}] a\n",
        ];
        foreach (var line in lines)
        {
            var text = new StringBuilder("- [ ] T001 first\n- [ ] 1. first\n");
            for (var i = 1; text.Length < (line.Contains("[P] text", StringComparison.Ordinal) ? 1_500_000 : 150_000); i++)
            {
                text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, line, i);
            }

            AssertRead(format, path, text.ToString(), line);
        }

        foreach (var piece in (string[])["[", "- [ ] ", "T001 → ", "(depends on T001, ", "a/b.ts ", "1.1.", "`", "[P] ", "| ☐ ", "User Story 1 depends on US1 and ", "after T001-T050, "])
        {
            var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
            AssertRead(format, path, $"- [ ] T001 {text}\n- {text}\n{text}\n## {text}\n- [ ] {text}\n", piece);
        }
    }

    private static void AssertRead(string format, string path, string text, string what)
    {
        var counts = FormatText.Parse(format, path, text).Counts;
        Assert.True(counts.Checkboxes == counts.Tasks + counts.Criteria + counts.Excluded, $"{what}: {counts}");
    }

    private static int CheckboxLines(byte[] bytes) => MarkdownFile.Read(bytes).Lines.Count(line =>
        Checkbox.TryRead(line.Region == LineRegion.Fenced ? line.Text : line.Visible) is not null
        || (line.Text != line.Visible && Checkbox.TryRead(line.Text.TrimStart().StartsWith("<!--", StringComparison.Ordinal) ? line.Text.TrimStart()[4..] : line.Text) is not null));

    private static string LineOf(byte[] bytes, int number) => MarkdownFile.Read(bytes).Lines[number - 1].Visible;

    private static string Shown(PlanTask task) =>
        $"{task.Id} {task.SourceId} {task.Group} {task.Title} {task.Status} {task.Line} {task.Problem} {string.Join(',', task.DependenciesAsWritten)} {string.Join(',', task.Implicit)} {string.Join(',', task.Files)}";

    private static class Graph
    {
        public static List<string> Cycles(IEnumerable<(TaskId Id, IEnumerable<TaskId> On)> tasks) =>
            [.. Interlock.Domain.Graph.TaskGraph.Build(tasks.Select(task => new Interlock.Domain.Graph.TaskNode(task.Id, [.. task.On]))).Cycles.Where(cycle => cycle.Count > 1).Select(cycle => string.Join(' ', cycle))];
    }
}
