namespace Interlock.Engine.Verification;

/// <summary>When a check is asked: of an agent's work as it was handed in, or of the exact tree that is to land.</summary>
public enum CheckStage
{
    Submit,
    Land,
}

/// <summary>What the checks of one stage say about one commit.</summary>
/// <param name="Reason">Why it did not pass, in one line; null when it passed.</param>
/// <param name="Log">Path of the output that shows why; null when it passed.</param>
/// <param name="FromCache">True when this very tree was green before and nothing was run.</param>
/// <param name="Runs">How often the checks were started: 0 when the answer was stored, 2 with a second look at a red one.</param>
/// <param name="Flakes">Names of checks that were red and then green in the same state.</param>
public sealed record Verdict(bool Passed, string? Reason, string? Log, bool FromCache, int Runs, IReadOnlyList<string> Flakes);

/// <summary>Says whether a commit passes the configured checks, in a clean tree of its own.</summary>
public interface IVerifier
{
    /// <param name="label">A valid identifier, unique among the verifications under way: it names the worktree and the folder of the logs.</param>
    /// <param name="secondLook">Run a red check once more before calling it red.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is known about the commit, and nothing it started is left.</exception>
    Task<Verdict> VerifyAsync(string label, string commit, CheckStage stage, CancellationToken cancellation, bool secondLook = true);
}
