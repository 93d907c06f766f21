using Interlock.Engine.Platform;

namespace Interlock.Tests.Platform;

public sealed class Build_slots : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("interlock-slots-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Who_comes_when_all_are_taken_waits_until_one_is_given_back_also_by_another_process_of_the_repository()
    {
        var (one, other) = (new BuildSlots(folder, () => 2), new BuildSlots(folder, () => 2));
        var first = await one.TakeAsync(CancellationToken.None);
        using var second = await other.TakeAsync(CancellationToken.None);

        var third = one.TakeAsync(CancellationToken.None);
        Assert.False(third.IsCompleted);
        first!.Dispose();

        using var taken = await third;
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task A_limit_that_is_raised_lets_the_next_one_in()
    {
        var most = 1;
        var slots = new BuildSlots(folder, () => most);
        using var first = await slots.TakeAsync(CancellationToken.None);
        var second = slots.TakeAsync(CancellationToken.None);
        Assert.False(second.IsCompleted);

        most = 2;

        using var taken = await second;
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Without_a_limit_nobody_waits_and_nothing_is_written()
    {
        Assert.Null(await BuildSlots.Unlimited.TakeAsync(CancellationToken.None));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }
}
