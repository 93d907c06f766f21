using CsCheck;
using Interlock.Domain.Leasing;
using Interlock.Domain.Spending;

namespace Interlock.Tests.Spending;

public sealed class Provider_breakers
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_provider_that_says_when_is_waited_for_until_then()
    {
        Assert.Equal(Noon.AddHours(3), Trip(null, new ProviderLimit("full", ResetAt: Noon.AddHours(3))).Until);
        Assert.Equal(Noon.AddSeconds(20), Trip(null, new ProviderLimit("full", ResetIn: TimeSpan.FromSeconds(20))).Until);
    }

    [Fact]
    public void A_time_that_is_past_or_absurd_is_not_believed()
    {
        Assert.Equal(Noon + BreakerRules.FirstPause, Trip(null, new ProviderLimit("full", ResetAt: Noon.AddHours(-3))).Until);
        Assert.Equal(Noon + BreakerRules.FirstPause, Trip(null, new ProviderLimit("full", ResetAt: Noon.AddYears(3))).Until);
    }

    [Fact]
    public void Without_a_time_the_pause_doubles_up_to_its_longest_and_empty_credit_waits_longer()
    {
        var now = Noon;
        Breaker? breaker = null;
        var pauses = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            breaker = BreakerRules.Trip(breaker, "p", new ProviderLimit("full"), now);
            pauses.Add((breaker.Until!.Value - now).TotalMinutes);
            now = breaker.Until.Value;
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 120, 120, 120], pauses);
        Assert.Equal(Noon + BreakerRules.CreditPause, Trip(null, new ProviderLimit("empty", NoCredit: true)).Until);
    }

    [Fact]
    public void Many_agents_refused_by_one_limit_are_one_trip()
    {
        var first = Trip(null, new ProviderLimit("full"));
        var second = BreakerRules.Trip(first, "p", new ProviderLimit("full"), Noon.AddSeconds(5));

        Assert.Equal(1, second.Trips);
        Assert.InRange(second.Until!.Value, first.Until!.Value, Noon.AddSeconds(65));
    }

    [Fact]
    public void Nobody_starts_while_it_is_open_then_one_alone_tries_and_its_success_lets_all_go_on()
    {
        var breaker = Trip(null, new ProviderLimit("full"));
        var later = breaker.Until!.Value;

        Assert.False(BreakerRules.Allows(breaker, later.AddTicks(-1), running: 0));
        Assert.True(BreakerRules.Allows(breaker, later, running: 0));
        Assert.False(BreakerRules.Allows(breaker, later, running: 1));
        Assert.True(BreakerRules.Allows(BreakerRules.Close(breaker, later), later, running: 5));
        Assert.True(BreakerRules.Allows(null, Noon, running: 5));
    }

    [Fact]
    public void Who_was_told_too_short_a_time_before_does_not_go_by_it_alone_again()
    {
        var breaker = Trip(null, new ProviderLimit("full", ResetIn: TimeSpan.FromSeconds(1)));
        var again = BreakerRules.Trip(breaker, "p", new ProviderLimit("full", ResetIn: TimeSpan.FromSeconds(1)), Noon.AddSeconds(2));

        Assert.Equal(Noon.AddSeconds(1), breaker.Until);
        Assert.Equal(Noon.AddSeconds(2) + BreakerRules.FirstPause, again.Until);
    }

    [Fact]
    public void The_first_that_is_here_and_served_is_chosen()
    {
        List<Candidate> chain = [new("claude", "anthropic", null), new("codex", "openai", null), new("gemini", "google", "gemini is not installed")];
        var limited = BreakerRules.Trip(null, "anthropic", new ProviderLimit("full", ResetAt: Noon.AddHours(1)), Noon);
        var also = BreakerRules.Trip(null, "openai", new ProviderLimit("full", ResetAt: Noon.AddMinutes(5)), Noon);

        Assert.Equal("claude", Choose([]).Chosen!.Name);
        Assert.Equal("codex", Choose([limited]).Chosen!.Name);
        var refusal = Choose([limited, also]).Refusal!;
        Assert.Equal(RefusalCodes.ProviderLimited, refusal.Code);
        Assert.Contains("openai", refusal.Message, StringComparison.Ordinal);
        chain.RemoveRange(0, 2);
        Assert.Equal(RefusalCodes.NoAgent, Choose([]).Refusal!.Code);

        (Candidate? Chosen, Refusal? Refusal) Choose(Breaker[] breakers) =>
            CandidateRules.Choose(chain, provider => breakers.FirstOrDefault(breaker => breaker.Id == provider), _ => 0, Noon);
    }

    [Fact]
    public void However_often_it_refuses_the_pause_is_bounded_and_never_negative() => Gen.Select(Gen.Int[-100_000, 2_000_000], Gen.Bool, Gen.Bool).Array[1, 40].Sample(refusals =>
    {
        var now = Noon;
        Breaker? breaker = null;
        foreach (var (seconds, told, credit) in refusals)
        {
            breaker = BreakerRules.Trip(breaker, "p", new ProviderLimit("full", ResetIn: told ? TimeSpan.FromSeconds(seconds) : null, NoCredit: credit), now);
            var pause = breaker.Until!.Value - now;
            Assert.InRange(pause, TimeSpan.FromTicks(1), BreakerRules.FurthestReset);
            now += TimeSpan.FromSeconds(Math.Abs(seconds) % 5000);
        }
    });

    private static Breaker Trip(Breaker? before, ProviderLimit limit) => BreakerRules.Trip(before, "p", limit, Noon);
}
