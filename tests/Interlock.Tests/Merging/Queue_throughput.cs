using Interlock.Benchmarks;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;

namespace Interlock.Tests.Merging;

/// <summary>What the rules of the queue cost in runs of the checks, played without git; and that the real queue costs the same.</summary>
public sealed class Queue_throughput(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void With_one_change_in_twenty_bad_two_changes_land_for_each_run_of_the_checks()
    {
        var mean = Throughput.Mean(0.05, bad => Policies.Queue(bad, Throughput.Waiting));

        output.WriteLine($"{mean:F3} runs for each landed change");
        Assert.InRange(mean, 0.1, 0.5);
    }

    [Fact]
    public void A_backlog_that_is_overdue_as_a_whole_is_still_taken_in_batches() =>
        Assert.InRange(Policies.Queue(Policies.Changes(600, 0.05, 1), waiting: 600).RunsPerLanded, 0.1, 0.6);

    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(1, 3, 1)]
    [InlineData(2, 3, 5)]
    [InlineData(3, 2, 5)]
    [InlineData(5, 0, 5)]
    public void An_overdue_change_goes_alone_unless_others_are_overdue_too(int overdue, int others, int taken)
    {
        var changes = Enumerable.Range(1, overdue + others)
            .Select(n => new QueuedChange(new TaskId($"c{n}"), n, QueueGround.Target, LandingKind.Work, 1, $"m{n}", Noon.AddMinutes(n <= overdue ? -31 : -1)))
            .ToList();

        Assert.Equal(taken, MergeOrder.Pick(changes, 8, Noon, MergeOrder.DefaultMaxAge).Count);
    }

    [Fact]
    public async Task The_real_queue_needs_as_many_runs_as_its_rules_alone()
    {
        var bad = Policies.Changes(40, 0.1, 7);

        var real = await QueueRun.PlayAsync(bad, waiting: 12, TestContext.Current.CancellationToken);
        var played = Policies.Queue(bad, waiting: 12);

        Assert.Equal((played.Runs, played.Landed, played.Returned), (real.Policy.Runs, real.Policy.Landed, real.Policy.Returned));
        Assert.Equal(played.Windows, real.Policy.Windows);
    }
}
