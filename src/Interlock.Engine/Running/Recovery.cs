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
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Reclaims every lease whose holder is dead or whose time is over, and says what was done.</summary>
    public async Task<IReadOnlyList<string>> ReclaimAsync(CancellationToken cancellation)
    {
        var done = new List<string>();
        var snapshot = workspace.Snapshot();
        foreach (var decision in Reconciler.Decide(snapshot, Probe).OfType<Decision.Reclaim>())
        {
            var reply = workspace.Protocol.Reclaim(decision.Fence, decision.Reason, decision.UsesAttempt);
            if (reply.Lease is { } lease)
            {
                await TakeOverAsync(lease, cancellation);
                done.Add($"{decision.Reason}; {(lease.Task is { } task ? $"task {task} is open again" : "its files are free again")}");
            }
        }

        return done;
    }

    /// <summary>Ends what a lease left behind: its processes first, then its worktree, whose work is saved.</summary>
    public async Task TakeOverAsync(Lease lease, CancellationToken cancellation)
    {
        if (lease.Process is { } process)
        {
            await ProcessTree.StopAsync(
                new ProcessIdentity(process.Host, process.Boot, process.Pid, process.Start), TaskRun.MarkerOf(lease, workspace.Store.Epoch), Grace, cancellation);
        }

        if (lease is { Worktree: { } name, Task: { } task } && workspace.Repository is { } repository)
        {
            var pool = Worktrees(repository);
            if (await pool.FindAsync(name, cancellation) is { } worktree)
            {
                await SaveAndRemoveAsync(pool, worktree, task, lease, cancellation);
            }
        }
    }

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

            if (worktree.Name.StartsWith("verify-", StringComparison.Ordinal))
            {
                await pool.DiscardAsync(worktree, cancellation);
            }
            else if (LeaseOf(worktree) is { InReview: true })
            {
                // Its work is the submitted commit, which its branch keeps.
                await pool.RemoveAsync(worktree, deleteBranch: false, cancellation);
            }
            else if (LeaseOf(worktree) is { } lease)
            {
                await TakeOverAsync(lease, cancellation);
            }
        }

        if (workspace.Repository is { } repository)
        {
            await new AttemptBranches(workspace, repository).TidyAsync(cancellation);
        }
    }

    /// <summary>The pool of this repository's worktrees, outside the checkout.</summary>
    public WorktreePool Worktrees(Repository repository)
    {
        var section = workspace.Config.Config.Worktrees;
        var root = section.Root is { } configured
            ? Path.GetFullPath(configured, workspace.Root)
            : Path.Combine(UserFolders.State, "worktrees", FolderName(repository.CommonDir));
        return new WorktreePool(repository, root, PoolSettings.Setup(workspace), PoolSettings.Options(workspace));
    }

    private async Task SaveAndRemoveAsync(WorktreePool pool, Worktree worktree, TaskId task, Lease lease, CancellationToken cancellation)
    {
        var salvaged = await pool.SalvageAsync(worktree, task.Value, lease.Fence, cancellation);
        workspace.Protocol.RememberPriorWork(task, salvaged, lease.BaseCommit);
        await pool.RemoveAsync(worktree, deleteBranch: false, cancellation);
    }

    private Lease? LeaseOf(Worktree worktree)
    {
        var dash = worktree.Name.LastIndexOf('-');
        return dash > 0 && long.TryParse(worktree.Name.AsSpan(dash + 1), out var fence)
            ? workspace.Store.Read(reader => reader.FindLease(fence))
            : null;
    }

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

    private static string FolderName(string commonDir)
    {
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(commonDir)))[..8];
        var name = Path.GetFileName(Path.GetDirectoryName(commonDir)) ?? "";
        return Identifiers.IsValid(name) ? $"{name}-{hash}" : hash;
    }
}
