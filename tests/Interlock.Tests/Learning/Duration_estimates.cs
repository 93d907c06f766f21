using CsCheck;
using Interlock.Domain.Learning;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Tests.Learning;

public sealed class Duration_estimates
{
    private static readonly Gen<TaskTime> Time = Gen.Select(
        Gen.Int[0, 999], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Double[1, 20_000],
        (id, type, complexity, module, seconds) => new TaskTime(
            new TaskId($"{id}"), type == 0 ? null : $"t{type}", (Complexity)complexity, $"m{module}", TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Before_anything_landed_the_weight_of_the_complexity_counts_and_the_interval_is_wide()
    {
        var model = DurationModel.Learn([]);

        var estimate = model.Estimate("dev", Complexity.High, "m");

        Assert.Equal((4 * Effort.Unit, 0, EstimateGround.Weight), (estimate.Median, estimate.Samples, estimate.Ground));
        Assert.True(estimate.High / estimate.Low > 8);
    }

    [Fact]
    public void Tasks_like_it_pull_an_estimate_to_what_they_took_and_make_it_surer()
    {
        var few = DurationModel.Learn([Took("1", 100)]).Estimate("dev", Complexity.Low, "m");
        var many = DurationModel.Learn([.. Enumerable.Range(1, 30).Select(i => Took($"{i}", 100))]).Estimate("dev", Complexity.Low, "m");

        Assert.InRange(few.Median.TotalSeconds, 100, 350);
        Assert.InRange(many.Median.TotalSeconds, 100, 110);
        Assert.Equal((30, EstimateGround.Module), (many.Samples, many.Ground));
        Assert.True(many.High / many.Low < few.High / few.Low);
    }

    [Fact]
    public void A_narrower_ground_counts_only_as_far_as_it_has_tasks_of_its_own()
    {
        List<TaskTime> times = [.. Enumerable.Range(1, 20).Select(i => Took($"{i}", 100)), .. Enumerable.Range(21, 20).Select(i => Took($"{i}", 900) with { AgentType = "qa", Module = "slow" })];
        var model = DurationModel.Learn(times);

        Assert.Equal(EstimateGround.Repository, model.Estimate("stranger", Complexity.Low, "m").Ground);
        Assert.Equal(EstimateGround.Complexity, model.Estimate("qa", Complexity.Low, "new").Ground);
        Assert.Equal(EstimateGround.AgentType, model.Estimate("qa", Complexity.High, "slow").Ground);
        Assert.InRange(model.Estimate("qa", Complexity.Low, "slow").Median.TotalSeconds, 700, 950);
        Assert.InRange(model.Estimate("dev", Complexity.Low, "m").Median.TotalSeconds, 95, 130);
    }

    [Fact]
    public void One_odd_task_moves_the_estimate_of_its_siblings_less_than_it_is_odd()
    {
        var before = DurationModel.Learn([.. Enumerable.Range(1, 10).Select(i => Took($"{i}", 100))]).Estimate("dev", Complexity.Low, "m");
        var after = DurationModel.Learn([.. Enumerable.Range(1, 10).Select(i => Took($"{i}", 100)), Took("11", 10_000)]).Estimate("dev", Complexity.Low, "m");

        Assert.InRange(after.Median / before.Median, 1.01, 2);
        Assert.True(after.High / after.Low > before.High / before.Low);
    }

    [Fact]
    public void The_order_of_the_past_does_not_count_and_every_interval_holds_its_median() =>
        Gen.Select(Time.Array[0, 30], Gen.Int[0, 30]).Sample((times, turn) =>
        {
            var past = times.DistinctBy(time => time.Task).ToList();
            var one = DurationModel.Learn(past);
            var other = DurationModel.Learn([.. past.Skip(turn), .. past.Take(turn)]);
            foreach (var time in past)
            {
                var estimate = one.Estimate(time.AgentType, time.Complexity, time.Module);
                Assert.Equal(estimate, other.Estimate(time.AgentType, time.Complexity, time.Module));
                Assert.True(TimeSpan.Zero < estimate.Low && estimate.Low < estimate.Median && estimate.Median < estimate.High);
            }
        });

    private static TaskTime Took(string id, double seconds) => new(new TaskId(id), "dev", Complexity.Low, "m", TimeSpan.FromSeconds(seconds));
}
