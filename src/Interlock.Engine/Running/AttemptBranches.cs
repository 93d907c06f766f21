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

    /// <summary>
    /// Only while nobody works: a branch without a live lease is taken for one that was left. One of a task in the plan whose lease a
    /// rebuilt store knows nothing of goes too; its work is offered to nobody yet. Answers why, for each that git kept.
    /// </summary>
    public async Task<IReadOnlyList<string>> TidyAsync(CancellationToken cancellation)
    {
        var refused = new List<string>();
        var left = new List<(Attempt Attempt, string Ref, string Tip)>();
        var checkedOut = await repository.CheckedOutAsync(cancellation);
        foreach (var (reference, tip) in await repository.RefsAsync([Prefix], cancellation))
        {
            if (EndedAttempt(reference) is { } attempt && !checkedOut.Contains(reference))
            {
                left.Add((attempt, reference, tip));
            }
        }

        // The newest attempt last: its work is what the next one starts from.
        foreach (var (attempt, reference, tip) in left.OrderBy(branch => branch.Attempt.Fence))
        {
            if (!await IsKeptAsync(attempt, reference, tip, cancellation))
            {
                await SaveAsync(attempt, tip, cancellation);
            }

            refused.AddRange(await repository.TryDeleteAsync(reference, tip, cancellation) is { } why ? [why] : []);
        }

        return refused;
    }

    // Null for what may still land, and for branches that only look like ours.
    private Attempt? EndedAttempt(string reference)
    {
        if (Commits.AttemptOn(reference["refs/heads/".Length..]) is not (var task, var fence))
        {
            return null;
        }

        var (lease, landing, isKnown) = workspace.Store.Read(reader => (reader.FindLease(fence), reader.FindLanding(fence), reader.FindTask(task) is not null));
        return lease?.Task == task
            ? lease.Live || landing is { State: LandingState.Submitted or LandingState.Merging } ? null : new Attempt(task, fence, lease)
            : isKnown ? new Attempt(task, fence, null) : null;
    }

    private async Task<bool> IsKeptAsync(Attempt attempt, string reference, string tip, CancellationToken cancellation) =>
        (workspace.Store.Read(reader => reader.FindLanding(attempt.Fence)) is { State: LandingState.Landed } landing && landing.Commit == tip)
        || await IsElsewhereAsync(reference, tip, cancellation);

    private async Task<bool> IsElsewhereAsync(string reference, string tip, CancellationToken cancellation) =>
        (await repository.RefsWithAsync(tip, [], cancellation)).Any(name => name != reference && !name.StartsWith(Prefix, StringComparison.Ordinal));

    private async Task SaveAsync(Attempt attempt, string tip, CancellationToken cancellation)
    {
        var (task, fence, lease) = attempt;
        var saved = await new Salvager(repository).AddAsync(task.Value, fence, tip, cancellation);
        var known = workspace.Store.Read(reader => reader.FindTask(task));
        if (lease is not null && known is { PriorCommit: var prior } && prior != saved && !await HasNewerAsync(task, fence, cancellation))
        {
            workspace.Protocol.RememberPriorWork(task, saved, lease.BaseCommit);
        }
    }

    private async Task<bool> HasNewerAsync(TaskId task, long fence, CancellationToken cancellation) =>
        (await repository.RefsAsync([$"{Salvager.Prefix}{task}"], cancellation))
            .Any(salvage => long.TryParse(salvage.Name.AsSpan(salvage.Name.LastIndexOf('/') + 1), out var other) && other > fence);

    /// <param name="Lease">Null when this store knows nothing of it.</param>
    private sealed record Attempt(TaskId Task, long Fence, Lease? Lease);
}
