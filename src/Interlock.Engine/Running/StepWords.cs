using Interlock.Domain.Liveness;

namespace Interlock.Engine.Running;

/// <summary>The steps of the ladder in words: in events (<c>agent.nudged</c>), in news and in reports.</summary>
public static class StepWords
{
    /// <summary>From the mildest on.</summary>
    public static IReadOnlyList<Rung> All { get; } = [Rung.Nudge, Rung.Snapshot, Rung.Resume, Rung.Restart, Rung.Reassign];

    public static string Did(Rung rung) => rung switch
    {
        Rung.Nudge => "nudged",
        Rung.Snapshot => "saved",
        Rung.Resume => "resumed",
        Rung.Restart => "restarted",
        Rung.Reassign => "reassigned",
        _ => "none",
    };

    public static string Tell(Rung rung) => rung switch
    {
        Rung.Nudge => "it got a message",
        Rung.Snapshot => "its work so far is saved; it goes on",
        Rung.Resume => "it is interrupted and goes on with its session",
        Rung.Restart => "it is interrupted and begins anew in the same worktree",
        _ => "the attempt ends; another agent takes over with its work",
    };
}
