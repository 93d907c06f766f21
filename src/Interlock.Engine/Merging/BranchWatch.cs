using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>Notices what others do to an integration branch: commits on top, a rebase or reset, its deletion.</summary>
internal sealed class BranchWatch(TaskProtocol protocol, IBranchGit git, Action<RunNews> tell)
{
    /// <summary>Where the last landed commit of a branch is kept, whatever happens to the branch.</summary>
    public static string KeepRef(string target) => target.Replace("refs/heads/", "refs/interlock/landed/", StringComparison.Ordinal);

    /// <summary>Compares the branch with where it was left. Call it only when no intent is open.</summary>
    public async Task LookAsync(string target, CancellationToken cancellation)
    {
        var known = protocol.Store.Read(reader => reader.FindBranch(target));
        var tip = await git.ResolveAsync(target, cancellation);
        if (known?.Tip == tip)
        {
            return;
        }

        var kept = known is not null && await git.ResolveAsync(known.Tip, cancellation) is not null;
        var inTip = kept && tip is not null && await git.IsAncestorAsync(known!.Tip, tip, cancellation);
        switch (BranchRule.Decide(known?.Tip, tip, inTip))
        {
            case BranchChange.None when tip is not null:
                protocol.NoteBranch(target, tip, $"{target} at {TaskProtocol.Short(tip)}");
                break;
            case BranchChange.Foreign:
                var count = await git.CountAsync(known!.Tip, tip!, cancellation);
                var moved = string.Create(CultureInfo.InvariantCulture, $"{target} has {Counted.Of(count, "commit")} by others: {TaskProtocol.Short(known.Tip)} to {TaskProtocol.Short(tip!)}");
                protocol.NoteBranch(target, tip!, moved);
                Tell("moved", moved);
                break;
            case BranchChange.Forced:
                await ForcedAsync(target, known!.Tip, tip!, kept, cancellation);
                break;
            case BranchChange.Gone:
                await RestoreAsync(target, known!.Tip, cancellation);
                break;
        }
    }

    /// <summary>Records that a deleted branch is back where it was left.</summary>
    public void TellRestored(string target, string tip)
    {
        var restored = $"{target} was deleted and is restored at {TaskProtocol.Short(tip)}";
        protocol.Note("branch.restored", restored);
        Tell("restored", restored);
    }

    private async Task ForcedAsync(string target, string before, string tip, bool kept, CancellationToken cancellation)
    {
        var uprooted = new List<Uprooted>();
        foreach (var task in protocol.Store.Read(reader => reader.Tasks()).Where(task => task is { State: TaskState.Merged, CompletedHow: "landed", Commit: not null }))
        {
            var was = kept && await git.ResolveAsync(task.Commit!, cancellation) is not null && await git.IsAncestorAsync(task.Commit!, before, cancellation);
            if (was && !await git.IsAncestorAsync(task.Commit!, tip, cancellation))
            {
                uprooted.Add(new Uprooted(task.Id, await RebasedAsync(task, before, tip, cancellation)));
            }
        }

        var gone = uprooted.Count(task => task.Commit is null);
        var reason = string.Create(CultureInfo.InvariantCulture,
            $"{target} was moved from {TaskProtocol.Short(before)} to {TaskProtocol.Short(tip)} and lost commits: {Counted.Of(gone, "landed task")} gone from it, {uprooted.Count - gone} rebased; what was there is kept as {KeepRef(target)}");
        protocol.BranchForced(target, tip, reason, uprooted);
        Tell("paused", $"{reason}; nothing lands until: interlock queue resume");
    }

    // A rebase keeps the trailers, and so does a squash that keeps the messages.
    private async Task<string?> RebasedAsync(WorkTask task, string before, string tip, CancellationToken cancellation) =>
        await git.FenceOfAsync(task.Commit!, cancellation) is { } fence ? await git.FindCopyAsync(fence, before, tip, cancellation) : null;

    private async Task RestoreAsync(string target, string tip, CancellationToken cancellation)
    {
        if (await git.ResolveAsync(tip, cancellation) is not null)
        {
            if (await TryPutBackAsync(target, tip, cancellation))
            {
                TellRestored(target, tip);
            }

            return;
        }

        var lost = $"{target} was deleted and its last commit {TaskProtocol.Short(tip)} is not in the repository any more";
        protocol.PauseQueue(target, PauseCodes.Lost, lost);
        Tell("paused", lost);
    }

    // Another git process may hold the ref's lock for a moment, or have put the branch back itself: the next look tells.
    private async Task<bool> TryPutBackAsync(string target, string tip, CancellationToken cancellation)
    {
        try
        {
            return await git.CompareAndSwapAsync(target, tip, IntegrationBranch.NoCommit, "interlock: restore the deleted branch", cancellation);
        }
        catch (GitException)
        {
            return false;
        }
    }

    private void Tell(string kind, string text) => tell(new RunNews(protocol.Clock.Now, kind, null, null, text));
}
