using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>Processes of this host and worktrees of this repository.</summary>
internal sealed class Leftovers(Workspace workspace, Func<Repository, WorktreePool> worktrees) : ILeftovers
{
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly WorktreePool? pool = workspace.Repository is { } repository ? worktrees(repository) : null;

    public Task StopAsync(Lease lease, CancellationToken cancellation)
    {
        var marker = TaskRun.MarkerOf(lease, workspace.Store.Epoch);
        return lease.Process is { } process
            ? ProcessTree.StopAsync(new ProcessIdentity(process.Host, process.Boot, process.Pid, process.Start), marker, Grace, cancellation)
            : ProcessTree.StopMarkedAsync(marker, Grace, cancellation);
    }

    public async Task<bool> HasWorktreeAsync(Lease lease, CancellationToken cancellation) => pool is not null && await pool.FindAsync(lease.Worktree!, cancellation) is not null;

    public async Task<string?> SaveAsync(TaskId task, Lease lease, CancellationToken cancellation) =>
        await pool!.SalvageAsync(await FindAsync(lease, cancellation), task.Value, lease.Fence, cancellation);

    public async Task RemoveAsync(Lease lease, CancellationToken cancellation) =>
        await pool!.RemoveAsync(await FindAsync(lease, cancellation), deleteBranch: false, cancellation);

    private async Task<Worktree> FindAsync(Lease lease, CancellationToken cancellation) =>
        await pool!.FindAsync(lease.Worktree!, cancellation) ?? throw new DirectoryNotFoundException($"the worktree {lease.Worktree} is gone");
}
