using Interlock.Domain.Merging;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// Verifies the next batch on top of the one under verification, so that it can land right behind it. What is found
/// counts for these very commits alone, once the branch stands where they begin; nobody is blamed or turned away by it.
/// </summary>
internal sealed class VerifyAhead(IVerifier verifier, IChains chains, TimeProvider time) : IAsyncDisposable
{
    private PendingVerdict? pending;
    private (string Top, string Fences) asked;

    /// <summary>Begins with these changes, unless that is under way already or what is under way is better left alone.</summary>
    /// <param name="below">Under verification now.</param>
    /// <param name="usual">How long a verification takes, as far as is known.</param>
    /// <param name="until">With its end there is no time any more to build the commits.</param>
    public async Task BeginAsync(Chain below, IReadOnlyList<Landing> next, TimeSpan usual, Task until, CancellationToken cancellation)
    {
        var top = below.Links[^1].Commit;
        var ask = (top, string.Join(' ', next.Select(landing => landing.Fence)));
        if (next.Count == 0 || asked == ask || (pending is { } begun && begun.Chain.Tip == top && !MayBeginAgain(begun, usual)))
        {
            return;
        }

        asked = ask;
        await DropAsync();
        if (await BuildAsync(top, next, until, cancellation) is { Links.Count: > 0 } chain)
        {
            pending = new PendingVerdict(chain with { LeftOut = [] }, verifier, time, secondLook: false, cancellation);
        }
    }

    /// <summary>
    /// What was begun on this tip, if none of it was withdrawn; all else is given up. As with a batch under way, what is more
    /// urgent waits for it, except taking landed work back.
    /// </summary>
    /// <param name="first">The change whose turn it would be.</param>
    /// <param name="open">Fences of the changes that wait to land.</param>
    public async Task<PendingVerdict?> TakeAsync(string tip, Landing first, IReadOnlySet<long> open)
    {
        if (pending is { } begun && begun.Chain.Tip == tip && begun.Chain.Links.All(link => open.Contains(link.Landing.Fence))
            && (first.Kind != LandingKind.Undo || begun.Chain.Links[0].Landing.Fence == first.Fence))
        {
            pending = null;
            return begun;
        }

        await DropAsync();
        return null;
    }

    /// <summary>Stops what is under way; nothing of it counts. False when there is nothing.</summary>
    public async Task<bool> DropAsync()
    {
        if (pending is not { } begun)
        {
            return false;
        }

        pending = null;
        await begun.DisposeAsync();
        return true;
    }

    public async ValueTask DisposeAsync() => await DropAsync();

    private async Task<Chain?> BuildAsync(string top, IReadOnlyList<Landing> next, Task until, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var building = chains.BuildAsync(top, next, stop.Token);
        if (await Task.WhenAny(building, until) != building)
        {
            await stop.CancelAsync();
        }

        try
        {
            return await building;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (GitException)
        {
            // Whatever it is, it is met again when it is their turn, and told then.
            return null;
        }
    }

    // Beginning again with more changes costs those that were there what has passed, and saves those that came a whole verification.
    private static bool MayBeginAgain(PendingVerdict begun, TimeSpan usual) => !begun.Task.IsCompleted && begun.Elapsed < usual / 2;
}
