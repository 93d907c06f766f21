using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>
/// The branches <c>agent/&lt;task&gt;/&lt;fence&gt;</c> of attempts that are over. One goes once its work is kept elsewhere; work
/// that was sealed and never taken, because its lease ended at the last moment, is saved and offered to the next attempt.
/// </summary>
internal sealed class AttemptBranches(Workspace workspace, Repository repository)
{
    private const string Prefix = "refs/heads/agent/";

    /// <summary>Only while nobody works: a branch without a live lease is taken for one that was left. Answers why, for each that git kept.</summary>
    public async Task<IReadOnlyList<string>> TidyAsync(CancellationToken cancellation)
    {
        var refused = new List<string>();
        var left = new List<(Lease Lease, string Ref, string Tip)>();
        foreach (var (reference, tip) in await repository.RefsAsync([Prefix], cancellation))
        {
            if (EndedLease(reference) is { } lease && (await repository.CheckedOutAsync(reference, cancellation)).Count == 0)
            {
                left.Add((lease, reference, tip));
            }
        }

        // The newest attempt last: its work is what the next one starts from.
        foreach (var (lease, reference, tip) in left.OrderBy(branch => branch.Lease.Fence))
        {
            if (!await IsKeptAsync(lease, reference, tip, cancellation) && !await SaveAsync(lease, tip, cancellation))
            {
                continue;
            }

            refused.AddRange(await repository.TryDeleteAsync(reference, tip, cancellation) is { } why ? [why] : []);
        }

        return refused;
    }

    /// <summary>
    /// The same for those of tasks in the plan of which a rebuilt store knows nothing: their work is saved, and offered to nobody yet.
    /// Only while nobody works.
    /// </summary>
    public async Task SaveForgottenAsync(CancellationToken cancellation)
    {
        foreach (var (reference, tip) in await repository.RefsAsync([Prefix], cancellation))
        {
            if (AttemptOf(reference) is { } attempt
                && workspace.Store.Read(reader => reader.FindLease(attempt.Fence) is null && reader.FindTask(attempt.Task) is not null)
                && (await repository.CheckedOutAsync(reference, cancellation)).Count == 0
                && (await IsElsewhereAsync(reference, tip, cancellation) || await SaveAsync(attempt.Task, attempt.Fence, tip, cancellation)))
            {
                await repository.TryDeleteAsync(reference, tip, cancellation);
            }
        }
    }

    private static (TaskId Task, long Fence)? AttemptOf(string reference) =>
        reference[Prefix.Length..].Split('/') is [var task, var text] && long.TryParse(text, out var fence) ? (new TaskId(task), fence) : null;

    // Null while it may still land, and when this store knows nothing of it.
    private Lease? EndedLease(string reference) => AttemptOf(reference) is { } attempt
        ? workspace.Store.Read(reader => reader.FindLease(attempt.Fence) is { Live: false } lease && lease.Task == attempt.Task
            && reader.FindLanding(attempt.Fence) is not { State: LandingState.Submitted or LandingState.Merging } ? lease : null)
        : null;

    private async Task<bool> IsKeptAsync(Lease lease, string reference, string tip, CancellationToken cancellation) =>
        (workspace.Store.Read(reader => reader.FindLanding(lease.Fence)) is { State: LandingState.Landed } landing && landing.Commit == tip)
        || await IsElsewhereAsync(reference, tip, cancellation);

    private async Task<bool> IsElsewhereAsync(string reference, string tip, CancellationToken cancellation)
    {
        var containing = await repository.Git.RunAsync(["for-each-ref", "--contains", tip, "--format=%(refname)"], cancellation);
        return containing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(name => name != reference && !name.StartsWith(Prefix, StringComparison.Ordinal));
    }

    private async Task<bool> SaveAsync(Lease lease, string tip, CancellationToken cancellation)
    {
        var task = lease.Task!.Value;
        if (!await SaveAsync(task, lease.Fence, tip, cancellation))
        {
            return false;
        }

        var known = workspace.Store.Read(reader => reader.FindTask(task));
        if (known is { PriorCommit: var prior } && prior != tip && !await HasNewerAsync(task, lease.Fence, cancellation))
        {
            workspace.Protocol.RememberPriorWork(task, tip, lease.BaseCommit);
        }

        return true;
    }

    // False when something else of this attempt is kept under that name already; the branch keeps this.
    private Task<bool> SaveAsync(TaskId task, long fence, string tip, CancellationToken cancellation) =>
        repository.CompareAndSwapAsync($"{Salvager.Prefix}{task}/{fence}", tip, new string('0', tip.Length), $"salvage of {task}, fence {fence}", cancellation);

    private async Task<bool> HasNewerAsync(TaskId task, long fence, CancellationToken cancellation) =>
        (await repository.RefsAsync([$"{Salvager.Prefix}{task}"], cancellation))
            .Any(salvage => long.TryParse(salvage.Name.AsSpan(salvage.Name.LastIndexOf('/') + 1), out var other) && other > fence);
}
