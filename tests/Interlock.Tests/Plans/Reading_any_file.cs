using System.Text;
using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans;

public sealed class Reading_any_file
{
    [Fact]
    public void Every_checkbox_is_a_task_a_criterion_or_left_out_with_a_problem() =>
        PlanDocuments.Any.Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var plan = StoryPlanText.Read(bytes, "p");

            StoryPlanText.AssertCounts(plan);
            Assert.Equal(CheckboxLines(bytes), plan.Counts.Checkboxes);
            Assert.Equal(plan.Tasks.Count, plan.Ids().Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.All(plan.Tasks, task => Assert.True(Identifiers.IsValid(task.Id.Value)));
            Assert.All(plan.Tasks.SelectMany(task => task.Files), file => Assert.True(FilePattern.TryParse(file, out _, out var problem), problem));
            Assert.True(plan.Counts.Excluded == 0 || plan.Problems.Count > 0);
        }, iter: 3000);

    [Fact]
    public void Reading_twice_gives_the_same_plan() =>
        PlanDocuments.Any.Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var (once, twice) = (StoryPlanText.Read(bytes, "p"), StoryPlanText.Read(bytes, "p"));
            Assert.Equal(once.Problems, twice.Problems);
            Assert.Equal(once.Tasks.Select(task => task.ToString()), twice.Tasks.Select(task => task.ToString()));
        }, iter: 200);

    [Fact]
    public void Line_endings_and_a_byte_order_mark_change_nothing_but_offsets() =>
        PlanDocuments.Any.Where(text => !text.Contains('\r') && !text.StartsWith('\uFEFF')).Sample(text =>
        {
            var plain = StoryPlanText.Read(Encoding.UTF8.GetBytes(text), "p");
            var windows = StoryPlanText.Read(Encoding.UTF8.GetBytes("\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal)), "p");
            Assert.Equal(plain.Problems, windows.Problems);
            Assert.Equal(plain.Counts, windows.Counts);
            Assert.Equal(plain.Tasks.Select(Shown), windows.Tasks.Select(Shown));
        }, iter: 500);

    [Fact]
    public void Arbitrary_bytes_never_throw() =>
        Gen.Byte.Array[0, 400].Sample(bytes => StoryPlanText.AssertCounts(StoryPlanText.Read([.. "### Story 1.1: A\n- [ ] "u8, .. bytes], "p")), iter: 2000);

    [Theory]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("`")]
    [InlineData("[a:")]
    [InlineData("[Files:")]
    [InlineData("[Files: `a/b`]")]
    [InlineData("[a: b] ")]
    [InlineData("(a-b-1) ")]
    [InlineData("<!--")]
    [InlineData("<!-- -->")]
    [InlineData("**")]
    [InlineData("- [ ] ")]
    [InlineData("> ")]
    [InlineData("\u0301")]
    [InlineData("漢🎉")]
    [InlineData("a/")]
    [InlineData("[Dependencies: Task 1, ")]
    [InlineData("1.")]
    [InlineData("#")]
    [InlineData("` `` ")]
    public void A_line_of_100_kilobytes_is_read_in_linear_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));

        AssertRead($"### Story 1.1: A\n- [ ] Task 1: {text}\n{text}\n- [{text}\n**{text}\n# {text}\n");
    }

    [Theory]
    [InlineData("- [ ] Task {0}: text [Complexity: low] [Dependencies: Task 1]\n")]
    [InlineData("- [ ] free text\n")]
    [InlineData("```a\n- [ ] x\n")]
    [InlineData("<!--\n- [ ] Task {0}: x\n")]
    [InlineData("### Story {0}.1: A\n- [ ] x\n")]
    [InlineData("#### Group {0}\n- [ ] Task {0}: x [Dependencies: Task 99999999]\n")]
    [InlineData("  wrapped text {0}\n")]
    [InlineData("   - [ ] nested\n")]
    [InlineData("**a**: b **c**: d\n")]
    public void A_file_of_a_megabyte_and_a_half_is_read(string line)
    {
        var text = new StringBuilder("### Story 1.1: A\n- [ ] Task 0: start\n");
        for (var i = 1; text.Length < 1_500_000; i++)
        {
            text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, line, i);
        }

        AssertRead(text.ToString());
    }

    [Fact]
    public void A_chain_of_dependencies_through_the_whole_file_does_not_overflow() =>
        AssertRead("### Story 1.1: A\n" + string.Concat(Enumerable.Range(1, 30_000).Select(i => $"- [ ] Task {i}: x [Dependencies: Task {i % 30_000 + 1}]\n")));

    private static void AssertRead(string text) => StoryPlanText.AssertCounts(StoryPlanText.Read(Encoding.UTF8.GetBytes(text), "p"));

    private static int CheckboxLines(byte[] bytes) => MarkdownFile.Read(bytes).Lines.Count(line =>
        Checkbox.TryRead(line.Region == LineRegion.Fenced ? line.Text : line.Visible) is not null
        || (line.Text != line.Visible && Checkbox.TryRead(line.Text.TrimStart().StartsWith("<!--", StringComparison.Ordinal) ? line.Text.TrimStart()[4..] : line.Text) is not null));

    private static string Shown(PlanTask task) =>
        $"{task.Id} {task.Story} {task.Group} {task.Title} {task.Mark} {task.Line} {task.Problem} {string.Join(',', task.DependenciesAsWritten)} {string.Join(',', task.Files)}";
}
