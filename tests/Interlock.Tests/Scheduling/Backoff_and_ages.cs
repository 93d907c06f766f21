using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;

namespace Interlock.Tests.Scheduling;

public sealed class Backoff_and_ages
{
    [Fact]
    public void A_backoff_stays_within_its_bounds_and_never_shrinks() =>
        Gen.Select(Gen.Int[-5, int.MaxValue], Gen.Double[0, 0.999999]).Sample((attempt, jitter) =>
        {
            var wait = Backoff.After(attempt, jitter);
            Assert.InRange(wait, Backoff.First / 2, Backoff.Longest);
            Assert.True(attempt == int.MaxValue || Backoff.After(attempt + 1, jitter) >= wait);
            Assert.True(Backoff.After(attempt, 0) <= wait);
        });

    [Fact]
    public void It_doubles_until_five_minutes()
    {
        Assert.Equal([1, 2, 4, 8, 256, 300, 300], new[] { 1, 2, 3, 4, 9, 10, 1000 }.Select(attempt => (int)Math.Round(Backoff.After(attempt, 1).TotalSeconds)));
        Assert.Equal(TimeSpan.FromSeconds(2), Backoff.After(3, 0));
    }

    [Theory]
    [InlineData(-5, "0.0 s")]
    [InlineData(3.21, "3.2 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min 0 s")]
    [InlineData(3599, "59 min 59 s")]
    [InlineData(3600, "1 h 0 min")]
    [InlineData(90000, "1 d 1 h")]
    public void An_age_is_told_in_its_two_largest_units(double seconds, string text) =>
        Assert.Equal(text, Ages.Text(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.4, "0 s")]
    [InlineData(59.6, "1 min")]
    [InlineData(90, "1 min 30 s")]
    [InlineData(1800, "30 min")]
    [InlineData(1830.1, "31 min")]
    [InlineData(3600, "1 h")]
    [InlineData(4800, "1 h 20 min")]
    [InlineData(90000, "1 d 1 h")]
    public void An_expected_time_is_told_without_units_that_are_nothing(double seconds, string text) =>
        Assert.Equal(text, Ages.Estimate(TimeSpan.FromSeconds(seconds)));
}
