using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>Notices what others do to an integration branch: commits on top, a rebase or reset, its deletion.</summary>
internal sealed class BranchWatch(Workspace workspace, Repository repository, Action<RunNews> tell)
{
    /// <summary>Where the last landed commit of a branch is kept, whatever happens to the branch.</summary>
    public static string KeepRef(string target) => target.Replace("refs/heads/", "refs/interlock/landed/", StringComparison.Ordinal);

    /// <summary>The newest commit of a landing among those of <paramref name="tip"/> that <paramref name="before"/> has not, under whatever id it has by now.</summary>
    public static async Task<string?> FindCopyAsync(Repository repository, string fence, string before, string tip, CancellationToken cancellation)
    {
        // The fence alone names the landing; as a basic expression it is bound to a whole line.
        string[] arguments = ["log", "-1", "--format=%H", $"--grep=^Lease-Fence: {fence}$", "--end-of-options", $"{before}..{tip}"];
        var found = await repository.Git.RunAsync(arguments, cancellation);
        return found.Length > 0 ? found : null;
    }

    /// <summary>Compares the branch with where it was left. Call it only when no intent is open.</summary>
    public async Task LookAsync(string target, CancellationToken cancellation)
    {
        var known = workspace.Store.Read(reader => reader.FindBranch(target));
        var tip = await repository.ResolveAsync(target, cancellation);
        if (known?.Tip == tip)
        {
            return;
        }

        var kept = known is not null && await repository.ResolveAsync(known.Tip, cancellation) is not null;
        var inTip = kept && tip is not null && await repository.IsAncestorAsync(known!.Tip, tip, cancellation);
        switch (BranchRule.Decide(known?.Tip, tip, inTip))
        {
            case BranchChange.None when tip is not null:
                workspace.Protocol.NoteBranch(target, tip, $"{target} at {TaskProtocol.Short(tip)}");
                break;
            case BranchChange.Foreign:
                var count = await repository.Git.RunAsync(["rev-list", "--count", $"{known!.Tip}..{tip}"], cancellation);
                var moved = $"{target} has {count} commits by others: {TaskProtocol.Short(known.Tip)} to {TaskProtocol.Short(tip!)}";
                workspace.Protocol.NoteBranch(target, tip!, moved);
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

    private async Task ForcedAsync(string target, string before, string tip, bool kept, CancellationToken cancellation)
    {
        var uprooted = new List<Uprooted>();
        foreach (var task in workspace.Store.Read(reader => reader.Tasks()).Where(task => task is { State: TaskState.Merged, CompletedHow: "landed", Commit: not null }))
        {
            var was = kept && await repository.ResolveAsync(task.Commit!, cancellation) is not null && await repository.IsAncestorAsync(task.Commit!, before, cancellation);
            if (was && !await repository.IsAncestorAsync(task.Commit!, tip, cancellation))
            {
                uprooted.Add(new Uprooted(task.Id, await RebasedAsync(task, before, tip, cancellation)));
            }
        }

        var gone = uprooted.Count(task => task.Commit is null);
        var reason = string.Create(CultureInfo.InvariantCulture,
            $"{target} was moved from {TaskProtocol.Short(before)} to {TaskProtocol.Short(tip)} and lost commits: {gone} landed tasks are gone from it, {uprooted.Count - gone} were rebased; what was there is kept as {KeepRef(target)}");
        workspace.Protocol.BranchForced(target, tip, reason, uprooted);
        Tell("paused", $"{reason}; nothing lands until: interlock queue resume");
    }

    // A rebase keeps the trailers, and so does a squash that keeps the messages.
    private async Task<string?> RebasedAsync(WorkTask task, string before, string tip, CancellationToken cancellation)
    {
        var trailers = await repository.Git.RunAsync(["log", "-1", "--format=%(trailers:key=Lease-Fence,valueonly)", "--end-of-options", task.Commit!], cancellation);
        if (trailers.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var fence, ..])
        {
            return null;
        }

        return await FindCopyAsync(repository, fence.Trim(), before, tip, cancellation);
    }

    private async Task RestoreAsync(string target, string tip, CancellationToken cancellation)
    {
        if (await repository.ResolveAsync(tip, cancellation) is not null
            && await repository.CompareAndSwapAsync(target, tip, IntegrationBranch.NoCommit, "interlock: restore the deleted branch", cancellation))
        {
            var restored = $"{target} was deleted and is restored at {TaskProtocol.Short(tip)}";
            workspace.Protocol.Note("branch.restored", restored);
            Tell("restored", restored);
            return;
        }

        var lost = $"{target} was deleted and its last commit {TaskProtocol.Short(tip)} is not in the repository any more";
        workspace.Protocol.PauseQueue(target, PauseCodes.Lost, lost);
        Tell("paused", lost);
    }

    private void Tell(string kind, string text) => tell(new RunNews(workspace.Protocol.Clock.Now, kind, null, null, text));
}
