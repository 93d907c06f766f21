using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>Puts the merge queue of a workspace together.</summary>
internal static class QueueOf
{
    public static MergeQueue Workspace(Workspace workspace, Repository repository, WorktreePool pool, IVerifier verifier, Action<RunNews> tell)
    {
        var section = workspace.Config.Config.MergeQueue;
        var settings = new QueueSettings(section.Window, section.MaxAge, RunSettings.Rules(workspace, repository, pool))
        {
            Ahead = () => workspace.Config.Config.LandsAhead,
        };
        return new MergeQueue(workspace, repository, verifier, settings, tell);
    }
}

/// <summary>Lands queued work outside a run: for a person who undoes or approves something.</summary>
public static class OneLanding
{
    /// <summary>Works the queue until this task is decided. False when a run is active, which will do it.</summary>
    public static async Task<bool> LandAsync(
        Workspace workspace, Repository repository, IReadOnlyList<Check> checks, StoryId story, long fence, Action<RunNews> tell, CancellationToken cancellation)
    {
        using var gate = RunLock.TryTake(workspace.StateDir);
        if (gate is null)
        {
            return false;
        }

        var pool = new Recovery(workspace).Worktrees(repository);
        await using var queue = QueueOf.Workspace(workspace, repository, pool, new Verifier(workspace, repository, pool, checks, tell), tell);
        await queue.RecoverAsync(cancellation);
        await queue.LookAsync(new IntegrationBranch(repository, story).Ref, cancellation);
        while (workspace.Store.Read(reader => reader.FindLanding(fence)) is { State: LandingState.Submitted or LandingState.Merging } && await queue.LandNextAsync(cancellation))
        {
        }

        return true;
    }

    /// <summary>The commit that takes a landed one back: on top of it, with its parent's files and its own plan marks.</summary>
    /// <exception cref="BadInputException">The commit is not in the repository, or has no parent.</exception>
    public static async Task<string> ReverseAsync(Workspace workspace, Repository repository, TaskId task, string commit, CancellationToken cancellation)
    {
        if (await repository.ResolveAsync($"{commit}^", cancellation) is not { } parent)
        {
            throw new BadInputException($"the commit {commit} of task {task} cannot be taken back: it is not in this repository, or has no parent", "Look for it with: git log --all");
        }

        return await ReverseCommit.WriteAsync(repository, commit, parent, PlanTicks.Files(workspace), $"Take back {task}", cancellation);
    }
}
