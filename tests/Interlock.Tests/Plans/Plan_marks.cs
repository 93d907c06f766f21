using System.Text;
using CsCheck;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Plans;

public sealed class Plan_marks
{
    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("\r", "")]
    [InlineData("\n", "\uFEFF")]
    [InlineData("\r\n", "\uFEFF")]
    public void A_tick_lands_on_the_mark_whatever_the_line_endings(string ending, string start)
    {
        var text = start + string.Join(ending, "### Story 1.1: 日本語 🎉", "\t- [ ] Task 1: ä", "- [~] Task 2: ö");
        var bytes = Encoding.UTF8.GetBytes(text);

        Assert.Equal(text.Replace("[ ]", "[x]", StringComparison.Ordinal), Text(StoryPlanText.Tick(bytes, new TaskId("1"))));
        Assert.Equal(text.Replace("[~]", "[x]", StringComparison.Ordinal), Text(StoryPlanText.Tick(bytes, new TaskId("2"))));
    }

    [Theory]
    [InlineData("1", TickOutcome.AlreadyDone)]
    [InlineData("2", TickOutcome.NotReplaceable)]
    [InlineData("3", TickOutcome.NotFound)]
    [InlineData("4", TickOutcome.Ticked)]
    public void What_cannot_be_ticked_says_why(string id, TickOutcome expected)
    {
        byte[] bytes = [.. "### Story 1.1: A\n- [X] Task 1: a\n- [✓] Task 2: b\n```\n- [ ] Task 3: c\n```\n- [ ] Task 4: d"u8];

        var ticked = StoryPlanText.Tick(bytes, new TaskId(id), out var outcome);

        Assert.Equal(expected, outcome);
        Assert.Equal(expected == TickOutcome.Ticked, ticked is not null);
    }

    [Fact]
    public void A_tick_changes_one_byte_and_one_mark() =>
        PlanDocuments.Any.Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var before = StoryPlanText.Read(bytes, "p");
            foreach (var task in before.Tasks.Where(task => task.Mark != PlanMark.Done))
            {
                var ticked = StoryPlanText.Tick(bytes, task.Id, out var outcome);
                if (outcome == TickOutcome.NotReplaceable)
                {
                    continue;
                }

                Assert.Equal(bytes.Length, ticked!.Length);
                Assert.Equal(task.MarkOffset, Assert.Single(Enumerable.Range(0, bytes.Length), i => bytes[i] != ticked[i]));
                var after = StoryPlanText.Read(ticked, "p");
                Assert.Equal(before.Tasks.Select(Marked(task.Id)), after.Tasks.Select(other => (other.Id, other.Mark, other.Title)));
            }
        }, iter: 200);

    private static Func<PlanTask, (TaskId, PlanMark, string)> Marked(TaskId done) =>
        task => (task.Id, task.Id == done ? PlanMark.Done : task.Mark, task.Title);

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
