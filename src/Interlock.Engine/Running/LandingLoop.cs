using Interlock.Engine.Merging;

namespace Interlock.Engine.Running;

/// <summary>The landings of a run: one batch after the other, beside the agents.</summary>
/// <param name="moreToCome">Whether more will be handed in within a moment.</param>
/// <param name="landed">Called after each batch.</param>
internal sealed class LandingLoop(MergeQueue queue, string target, TimeProvider time, Func<bool> moreToCome, Action landed)
{
    // To go along with others saves a run of the checks, but nobody waits for longer than this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private Task<bool> current = Task.FromResult(false);
    private long? waiting;

    /// <summary>Done when a tick could begin the next batch.</summary>
    public Task Current => current;

    public bool IsIdle => current.IsCompleted && !queue.HasWork;

    /// <summary>Begins the next batch when there is one; a fault of the last one ends the run rather than being swallowed.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        if (!current.IsCompleted)
        {
            queue.Notice();
            return;
        }

        if (await current)
        {
            landed();
        }

        await queue.LookAsync(target, cancellation);
        current = queue.HasWork && !IsGathering() ? queue.LandNextAsync(cancellation) : Task.FromResult(false);
    }

    /// <summary>Waits for the batch under way, which its own token has stopped, or which is to end well.</summary>
    public async Task EndAsync()
    {
        try
        {
            await current;
        }
        catch (OperationCanceledException)
        {
            // The submitted work stays submitted; the next run verifies it again.
        }
        finally
        {
            await queue.DisposeAsync();
        }
    }

    private bool IsGathering()
    {
        waiting ??= time.GetTimestamp();
        if (moreToCome() && time.GetElapsedTime(waiting.Value) < LongestWait)
        {
            return true;
        }

        waiting = null;
        return false;
    }
}
