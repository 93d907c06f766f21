using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// Moves a branch over verified changes so that each lands exactly once: the intent is stored, the branch moved by
/// compare-and-swap, the landing recorded. The branch is the only truth about what landed; this asks it on every path.
/// </summary>
internal sealed class Lander(TaskProtocol protocol, IBranchGit git, Action<RunNews> tell)
{
    private const int MostSwaps = 50;

    /// <summary>False when the branch moved meanwhile, or a change was withdrawn: the rest has to be built anew.</summary>
    public async Task<bool> LandAsync(string tip, IReadOnlyList<ChainLink> links, MergeWindow? window, CancellationToken cancellation)
    {
        if (!protocol.TryBeginLanding([.. links.Select(link => new LandingStep(link.Landing.Fence, link.Commit))], tip))
        {
            return false;
        }

        Failpoint.Hit(Failpoint.AfterIntent);
        var landings = links.Select(link => link.Landing with { IntentOld = tip, IntentNew = link.Commit, IntentTip = links[^1].Commit }).ToList();
        await SwapAsync(landings[^1], cancellation);
        Failpoint.Hit(Failpoint.AfterSwap);

        // Whether or not the swap reports success: a helper may have landed this very intent.
        return await SettleAsync(landings, window, cancellation);
    }

    /// <summary>Finishes what a crash left between intent and record. Runs before anything else lands.</summary>
    public async Task RecoverAsync(CancellationToken cancellation)
    {
        var open = protocol.Store.Read(reader => reader.OpenLandings()).Where(landing => landing.State == LandingState.Merging);
        foreach (var batch in open.GroupBy(landing => (landing.Target, landing.IntentOld, Tip: TipOf(landing))))
        {
            await SettleAsync([.. batch.OrderBy(landing => landing.Fence)], null, cancellation);
        }
    }

    private async Task<bool> SettleAsync(IReadOnlyList<Landing> landings, MergeWindow? window, CancellationToken cancellation)
    {
        var target = landings[0].Target;
        for (var turn = 1; ; turn++)
        {
            var tip = await git.ResolveAsync(target, cancellation);
            var landed = await OnBranchAsync(landings, tip, cancellation);
            switch (IntentRule.Decide(landed.Count > 0, tip == landings[0].IntentOld))
            {
                case IntentAction.Record when await WasRewrittenAsync([.. landings.Except(landed)], tip!, cancellation):
                    await RecordAsync([.. landings], TipOf(landings[0]), window, cancellation);
                    return false;
                case IntentAction.Record:
                    await RecordAsync(landed, tip!, window, cancellation);
                    return Withdraw(landings.Except(landed), "the branch was moved back before this was recorded") == 0;
                case IntentAction.Redo when turn > MostSwaps:
                    throw new InvalidOperationException($"{target} could not be moved in {MostSwaps} tries; is a lock file of git left beside it?");
                case IntentAction.Redo:
                    await SwapAsync(landings[^1], cancellation);
                    break;
                case IntentAction.Rebuild when tip is not null && await WasRewrittenAsync(landings, tip, cancellation):
                    // It did land. What became of it is for the watch to find out, from where the branch was left.
                    await RecordAsync([.. landings], TipOf(landings[0]), window, cancellation);
                    return false;
                default:
                    Withdraw(landings, "the branch moved before this landed");
                    return false;
            }
        }
    }

    private async Task<List<Landing>> OnBranchAsync(IReadOnlyList<Landing> landings, string? tip, CancellationToken cancellation)
    {
        if (tip is null)
        {
            return [];
        }

        // The last one stands for all, unless somebody moved the branch back into the middle of the batch.
        if (await git.IsAncestorAsync(TipOf(landings[0]), tip, cancellation))
        {
            return [.. landings];
        }

        var landed = new List<Landing>();
        foreach (var landing in landings)
        {
            if (await git.IsAncestorAsync(landing.IntentNew!, tip, cancellation))
            {
                landed.Add(landing);
            }
        }

        return landed;
    }

    // A rebase right after the swap leaves the changes there under other ids: landing them again would land them twice.
    private async Task<bool> WasRewrittenAsync(IReadOnlyList<Landing> landings, string tip, CancellationToken cancellation)
    {
        foreach (var landing in landings)
        {
            if (await git.FindCopyAsync(landing.Fence.ToString(CultureInfo.InvariantCulture), landing.IntentOld!, tip, cancellation) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task RecordAsync(List<Landing> landed, string tip, MergeWindow? window, CancellationToken cancellation)
    {
        protocol.RecordLanded([.. landed.Select(landing => landing.Fence)], tip, window);
        Failpoint.Hit(Failpoint.AfterRecord);
        foreach (var landing in landed)
        {
            tell(new RunNews(protocol.Clock.Now, landing.Undoes is null ? "landed" : "undone", landing.Undoes ?? landing.Task, landing.Agent, TaskProtocol.Short(landing.IntentNew!)));
        }

        await git.KeepLandedAsync(landed[0].Target, tip, landed, cancellation);
    }

    private int Withdraw(IEnumerable<Landing> landings, string why)
    {
        var fences = landings.Select(landing => landing.Fence).ToList();
        if (fences.Count > 0)
        {
            protocol.WithdrawIntent(fences, why);
        }

        return fences.Count;
    }

    // Another git process may hold the ref's lock for a moment: that says nothing about what landed, so the branch is asked.
    private async Task SwapAsync(Landing last, CancellationToken cancellation)
    {
        try
        {
            await git.CompareAndSwapAsync(last.Target, TipOf(last), last.IntentOld!, $"interlock: land {last.Task}", cancellation);
        }
        catch (GitException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), protocol.Clock.Time, cancellation);
        }
    }

    // Intents of an older version were of one change.
    private static string TipOf(Landing landing) => landing.IntentTip ?? landing.IntentNew!;
}
