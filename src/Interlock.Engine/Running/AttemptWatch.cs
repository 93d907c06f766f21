using Interlock.Domain.Plans;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>Notices what somebody took from under an agent at work: its branch, which comes back, or its folder, which cannot.</summary>
internal sealed class AttemptWatch(RunContext context)
{
    private readonly Dictionary<long, string> tips = [];
    private readonly HashSet<long> told = [];

    /// <summary>The tip of an attempt's branch at the last look; null when there was none.</summary>
    public string? TipOf(long fence) => tips.GetValueOrDefault(fence);

    public async Task LookAsync(IEnumerable<TaskRun> running, CancellationToken cancellation)
    {
        var attempts = running.Where(run => run.Worktree is not null).ToList();
        if (attempts.Count == 0)
        {
            return;
        }

        var refs = (await context.Repository.RefsAsync(["refs/heads/agent"], cancellation)).ToDictionary(branch => branch.Name, branch => branch.Oid, StringComparer.Ordinal);
        foreach (var run in attempts)
        {
            var (fence, worktree) = (run.Lease.Fence, run.Worktree!);
            if (refs.TryGetValue(worktree.BranchRef, out var tip))
            {
                tips[fence] = tip;
            }
            else if (IsAtWork(fence))
            {
                await RestoreAsync(run.Task.Id, fence, worktree, tips.GetValueOrDefault(fence, worktree.BaseCommit), cancellation);
            }

            if (!Directory.Exists(worktree.Path) && IsAtWork(fence) && told.Add(fence))
            {
                Note("attempt.worktree-gone", run.Task.Id, fence, $"{worktree.Path} was deleted while an agent works in it; what was not committed there is lost");
            }
        }
    }

    // Looked up after the refs: a lease that is still at work now was so when they were read, so nothing of ours removed its branch.
    private bool IsAtWork(long fence) => context.Workspace.Store.Read(reader => reader.FindLease(fence)) is { Live: true, InReview: false };

    private async Task RestoreAsync(TaskId task, long fence, Worktree worktree, string last, CancellationToken cancellation)
    {
        // A commit made since the last look is known to the record of the worktree's HEAD alone.
        var newest = await NewestAsync(worktree, last, cancellation);
        if (await context.Repository.CompareAndSwapAsync(worktree.BranchRef, newest, IntegrationBranch.NoCommit, "interlock: restore the deleted branch", cancellation))
        {
            Note("attempt.branch-restored", task, fence, $"{worktree.BranchRef} was deleted while an agent works on it and is restored at {Protocol.TaskProtocol.Short(newest)}");
        }
    }

    private async Task<string> NewestAsync(Worktree worktree, string last, CancellationToken cancellation)
    {
        var record = Path.Combine(worktree.GitDir, "logs", "HEAD");
        var fields = File.Exists(record) ? File.ReadLines(record).LastOrDefault(line => line.Length > 0)?.Split(' ') : null;
        return fields is [_, var commit, ..] && await context.Repository.ResolveAsync(commit, cancellation) is not null
            && await context.Repository.IsAncestorAsync(last, commit, cancellation) ? commit : last;
    }

    private void Note(string kind, TaskId task, long fence, string text)
    {
        context.Workspace.Protocol.Note(kind, text, task, fence);
        context.Tell(new RunNews(context.Workspace.Protocol.Clock.Now, kind[(kind.IndexOf('.', StringComparison.Ordinal) + 1)..], task, null, text));
    }
}
