using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Agents;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>
/// Takes over from holders that are gone. The order matters: end the lease, stop the processes, save the work,
/// and only the first step carries the safety.
/// </summary>
public sealed class Recovery(Workspace workspace)
{
    // Stopping a process that does not want to end takes the whole grace; a crowd of them must not take it one after another.
    private const int AtOnce = 4;

    private readonly Reclaimer reclaimer = new(workspace.Protocol, Probe);

    /// <summary>What would be reclaimed now.</summary>
    public IReadOnlyList<Decision.Reclaim> Due() => [.. reclaimer.Decide().OfType<Decision.Reclaim>()];

    /// <summary>Leases whose run is alive but has not reported for a while.</summary>
    public IReadOnlyList<(Lease Lease, TimeSpan Silence)> Silent() =>
    [
        .. workspace.Store.Read(reader => reader.LiveLeases()).Where(lease => !lease.InReview && Probe(lease) is HolderState.Alive or HolderState.Unknown)
            .Select(lease => (lease, workspace.Protocol.SilenceOf(lease) ?? TimeSpan.Zero))
            .Where(entry => entry.Item2 >= Heartbeat.SuspectAfter),
    ];

    /// <summary>
    /// Reclaims every lease whose holder is dead or whose time is over, and says what was done. All leases end first, which is
    /// what safety rests on; what they left behind is cleared a few at a time.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReclaimAsync(CancellationToken cancellation)
    {
        var ended = reclaimer.EndDue();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(ended, parallel, async (reclaimed, token) => await TakeOverAsync(reclaimed.Lease, token));
        return [.. ended.Select(reclaimed => reclaimed.Line)];
    }

    /// <summary>Ends what a lease left behind: its processes first, then its worktree, whose work is saved.</summary>
    public async Task TakeOverAsync(Lease lease, CancellationToken cancellation) =>
        await new TakeOver(workspace.Protocol, Probe, new Leftovers(workspace, Worktrees)).RunAsync(lease, cancellation);

    /// <summary>Saves and removes worktrees that no live lease stands behind, such as those of a crash between claim and spawn.</summary>
    public async Task SweepAsync(WorktreePool pool, CancellationToken cancellation)
    {
        var live = workspace.Store.Read(reader => reader.LiveLeases()).Where(lease => !lease.InReview).Select(lease => lease.Worktree).OfType<string>().ToHashSet();
        await pool.ClearHalfMadeAsync(cancellation);
        _ = pool.TidyAsync(TimeProvider.System.GetUtcNow(), cancellation);
        foreach (var worktree in await pool.ListAsync(cancellation))
        {
            if (live.Contains(worktree.Name))
            {
                continue;
            }

            if (PoolRoot.IsVerification(worktree.Name))
            {
                await pool.DiscardAsync(worktree, cancellation);
            }
            else if (LeaseOf(worktree) is { InReview: true } submitted)
            {
                // Its work is the submitted commit, which its branch keeps until it has landed; a helper may land it at this moment.
                var commit = workspace.Store.Read(reader => reader.FindLanding(submitted.Fence))?.Commit;
                await pool.RemoveAsync(worktree, deleteBranch: false, commit, cancellation);
            }
            else if (LeaseOf(worktree) is { } lease)
            {
                await TakeOverAsync(lease, cancellation);
            }
        }

        if (workspace.Repository is { } repository)
        {
            await TidyBranchesAsync(pool, repository, cancellation);
        }
    }

    /// <summary>Deletes the branches that attempts and verifications left. Only while nobody works. Answers why, for each that could not be.</summary>
    public async Task<IReadOnlyList<string>> TidyBranchesAsync(WorktreePool pool, Repository repository, CancellationToken cancellation) =>
        [.. await new AttemptBranches(workspace, repository).TidyAsync(cancellation), .. await pool.ClearVerificationBranchesAsync(cancellation)];

    /// <summary>Saves and removes one worktree that nobody works in. Answers the commit its work is kept as; null when there was none.</summary>
    public async Task<string?> ClearAsync(WorktreePool pool, Worktree worktree, CancellationToken cancellation)
    {
        if (PoolRoot.IsVerification(worktree.Name))
        {
            await pool.DiscardAsync(worktree, cancellation);
            return null;
        }

        if (LeaseOf(worktree) is { } lease)
        {
            await new Leftovers(workspace, Worktrees).StopAsync(lease, cancellation);
        }

        var saved = Commits.AttemptIn(worktree.Name) is { } attempt ? await pool.SalvageAsync(worktree, attempt.Task.Value, attempt.Fence, cancellation) : null;
        if (saved is not null && LeaseOf(worktree) is { Task: { } task } of)
        {
            workspace.Protocol.RememberPriorWork(task, saved, of.BaseCommit);
        }

        await pool.RemoveAsync(worktree, deleteBranch: false, cancellation);
        return saved;
    }

    /// <summary>True for the worktree of a lease that ended, which the run that is active may be clearing away right now.</summary>
    internal bool IsEnding(Worktree worktree) => LeaseOf(worktree) is not null;

    /// <summary>The pool of this repository's worktrees, outside the checkout.</summary>
    public WorktreePool Worktrees(Repository repository)
    {
        var section = workspace.Config.Config.Worktrees;
        var root = section.Root is { } configured
            ? Path.GetFullPath(configured, workspace.Root)
            : Path.Combine(UserFolders.State, "worktrees", UserFolders.NameFor(repository.CommonDir));
        return new WorktreePool(repository, root, PoolSettings.Setup(workspace), PoolSettings.Options(workspace));
    }

    private Lease? LeaseOf(Worktree worktree) => Commits.AttemptIn(worktree.Name) is { } attempt
        && workspace.Store.Read(reader => reader.FindLease(attempt.Fence)) is { } lease && lease.Task == attempt.Task ? lease : null;

    private static HolderState Probe(Lease lease)
    {
        if (lease.Supervisor is not { } supervisor)
        {
            return HolderState.None;
        }

        return new ProcessIdentity(supervisor.Host, supervisor.Boot, supervisor.Pid, supervisor.Start).Probe() switch
        {
            Liveness.Alive => HolderState.Alive,
            Liveness.Dead => HolderState.Dead,
            _ => HolderState.Unknown,
        };
    }
}
