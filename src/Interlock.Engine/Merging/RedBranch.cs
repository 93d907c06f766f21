using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;

namespace Interlock.Engine.Merging;

/// <summary>
/// Tells whether the branch itself is red, so that no change is blamed for it, and what may still be tried then: whatever
/// makes the branch green again lands. Each combination is tried once on each tip.
/// </summary>
internal sealed class RedBranch(TaskProtocol protocol, IVerifier verifier, Action<RunNews> tell)
{
    private readonly HashSet<string> tried = new(StringComparer.Ordinal);
    private string? triedOn;
    private string? green;

    /// <summary>Remembers a commit whose tree passed: the branch may stand there soon.</summary>
    public void IsGreen(string commit) => green = commit;

    /// <summary>On a red branch: everything that waits together, then each change alone; empty when all was tried.</summary>
    public IReadOnlyList<QueuedChange> Pick(string tip, IReadOnlyList<QueuedChange> waiting, int most)
    {
        IReadOnlyList<QueuedChange> together = [.. waiting.Take(most)];
        return tip != triedOn || !tried.Contains(Key(together.Select(change => change.Fence)))
            ? together
            : [.. waiting.Where(change => !tried.Contains(Key([change.Fence]))).Take(1)];
    }

    /// <summary>Remembers that these were tried together on this tip.</summary>
    public void Try(string tip, IEnumerable<long> fences)
    {
        if (tip != triedOn)
        {
            tried.Clear();
            triedOn = tip;
        }

        tried.Add(Key(fences));
    }

    /// <summary>True when the branch is known to be red at this tip: then a red batch on it says nothing new.</summary>
    public bool IsKnown(string target, string tip) => protocol.Store.Read(reader => reader.FindBranch(target))?.RedTip == tip;

    /// <summary>Verifies the tip itself. True when it is red: the task to repair it is open then.</summary>
    public async Task<bool> TestAsync(string target, Chain chain, StoryId story, CancellationToken cancellation)
    {
        if (green == chain.Tip)
        {
            return false;
        }

        var verdict = await verifier.VerifyAsync($"base-{story}", chain.Tip, CheckStage.Land, cancellation);
        if (verdict.Passed)
        {
            green = chain.Tip;
            return false;
        }

        Try(chain.Tip, [chain.Links[0].Landing.Fence]);
        var repair = protocol.BranchIsRed(target, story, chain.Tip, verdict.Reason!, verdict.Log);
        tell(new RunNews(protocol.Clock.Now, "red", repair.Id, null, $"{target} itself is red: {verdict.Reason}; nothing is blamed for it and only what makes it green lands"));
        return true;
    }

    private static string Key(IEnumerable<long> fences) => string.Join(' ', fences.Order());
}
