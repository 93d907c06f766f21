using CsCheck;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Tests.Scheduling;

public sealed class Tasks_made_of_parts
{
    [Fact]
    public void It_is_done_when_every_part_is_finished_and_one_was_done() => Gen.Enum<TaskState>().Array[1, 4].Sample(states =>
    {
        var parts = states.Select((state, index) => new WorkTask { Id = new TaskId($"p{index}"), Story = new StoryId("s"), Title = "p", State = state }).ToDictionary(task => task.Id);
        var whole = new WorkTask { Id = new TaskId("w"), Story = new StoryId("s"), Title = "w", Parts = [.. parts.Keys], Dependencies = [.. parts.Keys] };

        var expected = states.All(state => state is TaskState.Merged or TaskState.Cancelled) && states.Contains(TaskState.Merged);

        Assert.Equal(expected, WholeRule.IsDone(whole, parts.GetValueOrDefault));
        Assert.False(WholeRule.IsDone(whole with { State = TaskState.Merged }, parts.GetValueOrDefault));
        Assert.False(WholeRule.IsDone(whole with { Parts = null }, parts.GetValueOrDefault));
    }, iter: 1000);

    [Fact]
    public void It_waits_for_what_else_it_depends_on()
    {
        var part = new WorkTask { Id = new TaskId("p"), Story = new StoryId("s"), Title = "p", State = TaskState.Merged };
        var other = part with { Id = new TaskId("o"), State = TaskState.Ready };
        var whole = part with { Id = new TaskId("w"), State = TaskState.Ready, Parts = [part.Id], Dependencies = [part.Id, other.Id] };

        Assert.False(WholeRule.IsDone(whole, id => id == part.Id ? part : other));
        Assert.True(WholeRule.IsDone(whole, id => id == part.Id ? part : other with { State = TaskState.Merged }));
    }
}
