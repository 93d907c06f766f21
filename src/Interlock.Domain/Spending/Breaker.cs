using Interlock.Domain.Leasing;

namespace Interlock.Domain.Spending;

/// <summary>A provider's answer that it will not serve for now.</summary>
/// <param name="ResetAt">When it says it will again; null when it does not say.</param>
/// <param name="ResetIn">The same as a time to wait.</param>
/// <param name="NoCredit">Nothing is left to pay with; waiting alone does not mend that.</param>
public sealed record ProviderLimit(string Reason, DateTimeOffset? ResetAt = null, TimeSpan? ResetIn = null, bool NoCredit = false);

/// <summary>
/// What is known of a provider that refused: no agent of it starts before <see cref="Until"/>, then one alone tries, and its success
/// closes the breaker.
/// </summary>
public sealed record Breaker
{
    /// <summary>The provider.</summary>
    public required string Id { get; init; }

    /// <summary>Null while closed.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Refusals in a row.</summary>
    public int Trips { get; init; }

    public string Reason { get; init; } = "";
    public bool NoCredit { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>True while agents of the provider are kept from starting.</summary>
    public bool IsOpen(DateTimeOffset now) => Until is { } until && now < until;
}

/// <summary>When a breaker opens, for how long, and who may try.</summary>
public static class BreakerRules
{
    /// <summary>First pause where the provider names no time.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    /// <summary>First pause when credit is used up.</summary>
    public static readonly TimeSpan CreditPause = TimeSpan.FromMinutes(30);

    /// <summary>Longest pause of our own choice.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(2);

    /// <summary>A time further away than this is taken for a mistake of the CLI.</summary>
    public static readonly TimeSpan FurthestReset = TimeSpan.FromDays(8);

    /// <summary>The breaker after a refusal.</summary>
    public static Breaker Trip(Breaker? before, string provider, ProviderLimit limit, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(limit);

        // Several agents are refused by one limit: that is one trip, and the later word about its end counts.
        var trips = before is { Trips: > 0 } && before.IsOpen(now) ? before.Trips : (before?.Trips ?? 0) + 1;
        var told = (limit.ResetAt ?? now + limit.ResetIn) is { } reset && reset > now && reset - now <= FurthestReset ? reset : (DateTimeOffset?)null;
        var own = now + Doubled(limit.NoCredit ? CreditPause : FirstPause, trips - 1);

        // Who was told a time too short the last time does not go by it alone again.
        var until = told is { } time ? (trips > 1 && now + Doubled(FirstPause, trips - 2) is var least && least > time ? least : time) : own;
        return new Breaker
        {
            Id = provider,
            Until = before?.Until is { } earlier && before.IsOpen(now) && earlier > until && told is null ? earlier : until,
            Trips = trips,
            Reason = limit.Reason,
            NoCredit = limit.NoCredit,
            At = now,
        };
    }

    private static TimeSpan Doubled(TimeSpan first, int times) => TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, first.Ticks << Math.Clamp(times, 0, 10)));

    /// <summary>The breaker after the provider has served.</summary>
    public static Breaker Close(Breaker breaker, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        return new Breaker { Id = breaker.Id, At = now };
    }

    /// <summary>Whether an agent of the provider may start.</summary>
    /// <param name="running">Agents of it that are at work: after a pause one alone tries.</param>
    public static bool Allows(Breaker? breaker, DateTimeOffset now, int running) =>
        breaker is not { Until: not null } || (!breaker.IsOpen(now) && running == 0);

    /// <summary>Why not.</summary>
    public static Refusal Refuse(Breaker breaker, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        var what = breaker.NoCredit ? $"{breaker.Id} has no credit left" : $"{breaker.Id} is at its rate limit";
        return breaker.IsOpen(now)
            ? new Refusal(RefusalCodes.ProviderLimited, $"{what} for another {Ages.Text(breaker.Until!.Value - now)}: {breaker.Reason}", "It goes on by itself then; or name another CLI: agent.fallback")
            : new Refusal(RefusalCodes.ProviderLimited, $"{what}, and one agent tries whether it serves again", "It goes on by itself when that agent succeeds");
    }
}

/// <summary>A way to run an agent.</summary>
/// <param name="Missing">Why it cannot be started here; null when it can.</param>
public sealed record Candidate(string Name, string Provider, string? Missing);

/// <summary>Which of the configured CLIs an agent works with now.</summary>
public static class CandidateRules
{
    /// <summary>The first that can be started and whose provider serves; else why none does.</summary>
    /// <param name="chain">In the order of preference.</param>
    public static (Candidate? Chosen, Refusal? Refusal) Choose(
        IReadOnlyList<Candidate> chain, Func<string, Breaker?> breakerOf, Func<string, int> runningOf, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(breakerOf);
        ArgumentNullException.ThrowIfNull(runningOf);
        Breaker? soonest = null;
        foreach (var candidate in chain.Where(candidate => candidate.Missing is null))
        {
            var breaker = breakerOf(candidate.Provider);
            if (BreakerRules.Allows(breaker, now, runningOf(candidate.Provider)))
            {
                return (candidate, null);
            }

            soonest = soonest is null || breaker!.Until < soonest.Until ? breaker : soonest;
        }

        return (null, soonest is not null
            ? BreakerRules.Refuse(soonest, now)
            : new Refusal(RefusalCodes.NoAgent, $"no agent can be started: {string.Join("; ", chain.Select(candidate => candidate.Missing))}", "See what is installed: interlock agents"));
    }
}
