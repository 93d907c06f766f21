namespace Interlock.Domain.Liveness;

/// <summary>What is done about an agent that nothing comes of, the mildest first. After the last one a person is asked, once the task's attempts are used up.</summary>
public enum Rung
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It gets a message.</summary>
    Nudge,

    /// <summary>Its work so far is saved; it goes on.</summary>
    Snapshot,

    /// <summary>It is interrupted and goes on with its session.</summary>
    Resume,

    /// <summary>It is interrupted and begins anew in the same worktree.</summary>
    Restart,

    /// <summary>The attempt ends; another agent takes over with its work and notes.</summary>
    Reassign,
}

/// <summary>One step up the ladder, with its reason.</summary>
public sealed record Step(Rung Rung, string Reason);

/// <summary>Where one attempt stands on the ladder. An agent that gets going again is at the foot, but its interruptions are not forgotten.</summary>
/// <param name="ReachedAt">When the last step was taken.</param>
public sealed record Ladder(Rung Reached, TimeSpan ReachedAt, int Interruptions)
{
    /// <summary>Of a new attempt.</summary>
    public static Ladder Foot { get; } = new(Rung.None, TimeSpan.Zero, 0);

    /// <summary>One look, one step at most.</summary>
    /// <param name="canResume">Its CLI can go on with a session.</param>
    public (Ladder Ladder, Step? Step) Climb(Verdict verdict, LivenessProfile profile, TimeSpan now, bool canResume)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(profile);
        if (!verdict.IsBad)
        {
            return verdict.Health switch
            {
                AgentHealth.Healthy or AgentHealth.Slow => (this with { Reached = Rung.None }, null),
                AgentHealth.Idle when Reached == Rung.None => To(Rung.Nudge, verdict, now),
                _ => (this, null),
            };
        }

        if (verdict.Health == AgentHealth.Dead)
        {
            return To(Interruption(canResume), verdict, now);
        }

        return Reached switch
        {
            Rung.None => To(Rung.Nudge, verdict, now),
            Rung.Nudge => now - ReachedAt >= profile.Patience ? To(Rung.Snapshot, verdict, now) : (this, null),
            Rung.Snapshot => To(Interruption(canResume), verdict, now),
            _ => (this, null),
        };
    }

    private Rung Interruption(bool canResume) => (Interruptions, canResume) switch
    {
        (0, true) => Rung.Resume,
        (0, false) or (1, true) => Rung.Restart,
        _ => Rung.Reassign,
    };

    private (Ladder, Step?) To(Rung rung, Verdict verdict, TimeSpan now) => rung < Rung.Resume
        ? (this with { Reached = rung, ReachedAt = now }, new Step(rung, verdict.Reason))
        : (new Ladder(rung, now, Interruptions + 1), new Step(rung, verdict.Reason));

    /// <summary>Its next process has begun.</summary>
    public Ladder Anew() => this with { Reached = Rung.None };
}
