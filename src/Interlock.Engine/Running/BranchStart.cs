using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Running;

/// <summary>
/// Sees to it that a run has a branch to land on. One that was merged and then deleted starts anew from the checkout; one with work
/// of its own comes back.
/// </summary>
internal static class BranchStart
{
    /// <exception cref="BadInputException">No commit, a dirty checkout, or the branch is checked out somewhere.</exception>
    public static async Task PrepareAsync(
        Workspace workspace, Repository repository, IntegrationBranch branch, RunOptions options, Action<RunNews> tell, CancellationToken cancellation)
    {
        var watch = new BranchWatch(workspace.Protocol, new BranchGit(repository), tell);
        var left = workspace.Store.Read(reader => reader.FindBranch(branch.Ref))?.Tip;
        var isKept = left is not null && await repository.ResolveAsync(left, cancellation) is not null;
        if (left is not null && !isKept && await repository.ResolveAsync(branch.Ref, cancellation) is null)
        {
            await watch.LookAsync(branch.Ref, cancellation);
        }

        // Settled before anybody asks whether the branch is there, because until then it may be deleted at any moment.
        var from = isKept && !await repository.IsInHeadAsync(left!, cancellation) ? left : null;
        if (await branch.PrepareAsync(from, PlanTicks.MarkedFiles(workspace, options.Story), options.AllowDirty, cancellation) && from is not null)
        {
            watch.TellRestored(branch.Ref, from);
        }
    }
}
