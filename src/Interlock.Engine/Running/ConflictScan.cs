using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>Looks at all work under way in worktrees, without touching any of it, and says what will conflict.</summary>
public sealed class ConflictScan(Workspace workspace, Repository repository)
{
    private readonly WorktreePool pool = new Recovery(workspace).Worktrees(repository);
    private readonly ConflictFinder finder = new(repository, workspace.Config.Limits.Hot);

    public int Merges => finder.Merges;

    public async Task<ConflictMatrix> RunAsync(CancellationToken cancellation)
    {
        var (leases, landings, titles) = workspace.Store.Read(reader => (
            reader.LiveLeases().Where(lease => lease is { Kind: LeaseKind.Task, Task: not null }).ToList(),
            reader.OpenLandings().ToDictionary(landing => landing.Fence),
            reader.Tasks().ToDictionary(task => task.Id)));
        var worktrees = (await pool.ListAsync(cancellation)).ToDictionary(worktree => worktree.Name);
        var (works, unread) = (new List<ActiveWork>(), new Dictionary<TaskId, string>());
        foreach (var lease in leases.OrderBy(lease => titles.GetValueOrDefault(lease.Task!.Value)?.Order).ThenBy(lease => lease.Fence))
        {
            var id = lease.Task!.Value;
            try
            {
                var work = landings.TryGetValue(lease.Fence, out var landing) ? await SubmittedAsync(landing, cancellation)
                    : lease.Worktree is { } name && worktrees.TryGetValue(name, out var worktree) && titles.TryGetValue(id, out var task)
                        ? await AtWorkAsync(lease, worktree, new IntegrationBranch(repository, task.Story).Ref, cancellation)
                    : null;
                if (work is not null)
                {
                    works.Add(work with { Title = titles.GetValueOrDefault(id)?.Title ?? "" });
                }
            }
            catch (Exception error) when (error is GitException or IOException or UnauthorizedAccessException)
            {
                // Its agent may be in the middle of something; the next look finds it otherwise.
                unread[id] = error.Message;
            }
        }

        return new ConflictMatrix(works, await finder.FindAsync(works, cancellation), unread);
    }

    private async Task<ActiveWork> SubmittedAsync(Landing landing, CancellationToken cancellation) => new(
        landing.Task, "", landing.Agent, landing.Fence, InReview: true, landing.Target, landing.Base,
        await repository.TreeOfAsync(landing.Commit, cancellation),
        await repository.ResolveAsync(landing.Target, cancellation) ?? landing.Base);

    private async Task<ActiveWork?> AtWorkAsync(Lease lease, Worktree worktree, string branch, CancellationToken cancellation)
    {
        if (!Directory.Exists(worktree.Path) || WorktreeMarker.Read(worktree.GitDir) is not { Ready: true } marker)
        {
            return null;
        }

        var snapshot = await TreeSnapshot.TakeAsync(repository, worktree.Path, Path.Combine(worktree.GitDir, "index"), worktree.BaseCommit, marker.SetupPaths, withNested: false, cancellation);
        return new ActiveWork(
            lease.Task!.Value, "", lease.Agent, lease.Fence, InReview: false, branch, worktree.BaseCommit, snapshot.Tree,
            await repository.ResolveAsync(branch, cancellation) ?? worktree.BaseCommit);
    }
}
