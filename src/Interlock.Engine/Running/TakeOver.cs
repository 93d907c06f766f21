using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;

namespace Interlock.Engine.Running;

/// <summary>What an ended lease may have left on this machine.</summary>
internal interface ILeftovers
{
    /// <summary>Ends the agent with everything it started. Its run may have been killed before it could record the process.</summary>
    Task StopAsync(Lease lease, CancellationToken cancellation);

    Task<bool> HasWorktreeAsync(Lease lease, CancellationToken cancellation);

    /// <summary>Saves what is in the worktree and nowhere else. Answers its commit; null when there was nothing.</summary>
    Task<string?> SaveAsync(TaskId task, Lease lease, CancellationToken cancellation);

    Task RemoveAsync(Lease lease, CancellationToken cancellation);
}

/// <summary>Clears up after a lease that has ended: processes first, then the worktree, whose work is saved before it goes.</summary>
internal sealed class TakeOver(TaskProtocol protocol, Func<Lease, HolderState> probe, ILeftovers left)
{
    public async Task RunAsync(Lease lease, CancellationToken cancellation)
    {
        // Its run lives and may be starting the agent in that worktree right now: told that the lease has ended, it stops the
        // agent and saves the work itself.
        if (lease.Process is null && probe(lease) == HolderState.Alive)
        {
            return;
        }

        // A window's lease has neither.
        if (lease.Process is not null || lease.Worktree is not null)
        {
            await left.StopAsync(lease, cancellation);
        }

        if (lease is { Worktree: not null, Task: { } task } && await left.HasWorktreeAsync(lease, cancellation))
        {
            protocol.RememberPriorWork(task, await left.SaveAsync(task, lease, cancellation), lease.BaseCommit);
            await left.RemoveAsync(lease, cancellation);
        }
    }
}
