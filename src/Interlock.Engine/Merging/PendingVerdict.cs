using Interlock.Engine.Verification;

namespace Interlock.Engine.Merging;

/// <summary>A verification under way of the last commit of a chain. Disposed before its end, it is stopped.</summary>
internal sealed class PendingVerdict : IAsyncDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly TimeProvider time;
    private readonly long began;
    private TimeSpan? took;

    /// <param name="secondLook">Whether a red check is asked once more.</param>
    public PendingVerdict(Chain chain, IVerifier verifier, TimeProvider time, bool secondLook, CancellationToken cancellation)
    {
        Chain = chain;
        this.time = time;
        began = time.GetTimestamp();
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task = VerifyAsync(verifier, chain.Links[^1], secondLook);
    }

    public Chain Chain { get; }

    public Task<Verdict> Task { get; }

    /// <summary>From its beginning to now, or to its end.</summary>
    public TimeSpan Elapsed => took ?? time.GetElapsedTime(began);

    /// <summary>Whether it ended, and well.</summary>
    public bool IsGreen => Task.IsCompletedSuccessfully && Task.Result.Passed;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task<Verdict> VerifyAsync(IVerifier verifier, ChainLink top, bool secondLook)
    {
        try
        {
            return await verifier.VerifyAsync(top.Label, top.Commit, CheckStage.Land, stop.Token, secondLook);
        }
        finally
        {
            took = time.GetElapsedTime(began);
        }
    }
}
