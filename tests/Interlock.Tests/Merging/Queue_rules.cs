using CsCheck;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Merging;

public sealed class Queue_rules
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_window_grows_by_one_with_each_green_batch_up_to_its_most()
    {
        var window = Enumerable.Range(0, 10).Aggregate(MergeWindow.Start, (before, _) => before.AfterGreen(1, most: 8));

        Assert.Equal(2, MergeWindow.Start.Size);
        Assert.Equal(8, window.Effective(8));
        Assert.Equal(3, window.Effective(3));
    }

    [Fact]
    public void A_red_batch_halves_the_window_but_never_below_one()
    {
        Assert.Equal(4, new MergeWindow(8, []).AfterRed(3).Size);
        Assert.Equal(1, new MergeWindow(1, []).AfterRed(0).Size);
    }

    [Fact]
    public void While_more_than_one_in_five_of_the_latest_is_bad_each_goes_alone()
    {
        var good = new MergeWindow(8, Enumerable.Repeat(true, 16).ToList());

        Assert.Equal(8, (good with { Latest = [.. good.Latest, false, false, false, false] }).Effective(8));
        Assert.Equal(1, (good with { Latest = [.. good.Latest.Skip(1), false, false, false, false, false] }).Effective(8));
        Assert.Equal(8, new MergeWindow(8, [false, false]).Effective(8));
    }

    [Fact]
    public void Only_the_latest_twenty_outcomes_count()
    {
        var window = Enumerable.Range(0, 25).Aggregate(new MergeWindow(4, []), (before, _) => before.AfterRed(0));

        Assert.Equal(20, window.Latest.Count);
        Assert.Equal(0, Enumerable.Range(0, 20).Aggregate(window, (before, _) => before.AfterGreen(1, 8)).BadShare);
    }

    [Fact]
    public void Undoing_goes_first_and_alone_then_what_waited_too_long_then_priority_then_age()
    {
        QueuedChange[] changes = [Change("a", 1, priority: 2), Change("b", 2), Change("c", 3), Change("old", 4, minutes: 31, priority: 3), Change("u", 5) with { Kind = LandingKind.Undo }];

        Assert.Equal(["u", "old", "b", "c", "a"], MergeOrder.Sort(changes, Noon, MergeOrder.DefaultMaxAge).Select(change => change.Task.Value));
        Assert.Equal(["u"], Picked(changes, 8));
        Assert.Equal(["old"], Picked(changes[..4], 8));
        Assert.Equal(["b", "c", "a"], Picked(changes[..3], 8));
    }

    [Fact]
    public void A_batch_prefers_other_modules_and_keeps_the_order()
    {
        QueuedChange[] changes = [Change("a", 1, module: "m"), Change("b", 2, module: "m"), Change("c", 3, module: "n"), Change("d", 4, module: "o")];

        Assert.Equal(["a", "c"], Picked(changes, 2));
        Assert.Equal(["a", "b", "c", "d"], Picked(changes, 4));
    }

    [Fact]
    public void A_batch_is_for_one_branch()
    {
        QueuedChange[] changes = [Change("a", 1), Change("b", 2) with { Target = "refs/heads/interlock/9" }, Change("c", 3)];

        Assert.Equal(["a", "c"], Picked(changes, 8));
    }

    [Fact]
    public void The_search_finds_the_first_bad_change_and_what_it_lands_on_the_way_is_green() =>
        Gen.Int[1, 32].SelectMany(count => Gen.Int[1, count].Select(bad => (count, bad))).Sample(input =>
        {
            var (count, bad) = input;
            var search = CulpritSearch.Of(count);
            var probes = 0;
            while (!search.IsFound)
            {
                var probe = search.Probe;
                Assert.InRange(probe, search.Green + 1, search.Red);
                search = probe < bad ? search.AfterGreen(probe) : search.AfterRed(probe);
                probes++;
            }

            Assert.Equal((bad - 1, bad), (search.Green, search.Red));
            Assert.True(probes <= Math.Ceiling(Math.Log2(count)) + 1, $"{probes} probes for {count}");
        });

    [Fact]
    public void A_tip_that_fails_once_and_then_passes_is_never_blamed() =>
        Gen.Select(Gen.Int[2, 32], Gen.Int[0, 1 << 20]).Sample((count, flaky) =>
        {
            // The last change is bad; every other tip may fail the first time it is looked at.
            var search = CulpritSearch.Of(count);
            var looked = new HashSet<int>();
            while (!search.IsFound)
            {
                var probe = search.Probe;
                var flakes = looked.Add(probe) && (flaky >> (probe % 20) & 1) == 1;
                search = probe < count && !flakes ? search.AfterGreen(probe) : search.AfterRed(probe);
            }

            Assert.Equal(count, search.Red);
        });

    [Fact]
    public void Conflicting_work_goes_to_its_author_twice_to_another_agent_once_and_then_to_a_person() => Assert.Equal(
        [ConflictTurn.Author, ConflictTurn.Author, ConflictTurn.FreshAgent, ConflictTurn.Person, ConflictTurn.Person],
        Enumerable.Range(1, 5).Select(ConflictLadder.Next));

    [Theory]
    [InlineData(null, null, false, BranchChange.None)]
    [InlineData(null, "a", false, BranchChange.None)]
    [InlineData("a", "a", true, BranchChange.None)]
    [InlineData("a", "b", true, BranchChange.Foreign)]
    [InlineData("a", "b", false, BranchChange.Forced)]
    [InlineData("a", null, false, BranchChange.Gone)]
    public void A_branch_that_moved_is_told_apart_by_whether_it_kept_what_was_there(string? known, string? tip, bool kept, BranchChange change) =>
        Assert.Equal(change, BranchRule.Decide(known, tip, kept));

    private static IEnumerable<string> Picked(QueuedChange[] changes, int window) =>
        MergeOrder.Pick(changes, window, Noon, MergeOrder.DefaultMaxAge).Select(change => change.Task.Value);

    private static QueuedChange Change(string id, long fence, int priority = 1, string? module = null, int minutes = 1) =>
        new(new TaskId(id), fence, "refs/heads/interlock/1", LandingKind.Work, priority, module ?? id, Noon - TimeSpan.FromMinutes(minutes));
}
