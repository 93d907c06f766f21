using System.Globalization;
using System.Text.Json.Nodes;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Importers;
using Interlock.Engine.Merging;
using Interlock.Engine.Platform;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Health;

/// <summary>What a rebuild found again.</summary>
/// <param name="Source">Where the rows come from: a backup, or git and the files alone.</param>
/// <param name="Landed">Tasks whose work is on a branch.</param>
/// <param name="Kept">Open tasks with work of an earlier attempt.</param>
/// <param name="Stopped">Processes that a killed run had started, and that no lease names any more.</param>
/// <param name="Fence">No claim gets a fence up to this one.</param>
public sealed record RebuildReport(string Source, int Tasks, int Landed, int Kept, int Stopped, long Fence);

/// <summary>
/// Makes a new store after the state folder was deleted or its file damaged: from the newest backup where there is one, and from
/// what git and the status file show. A new epoch makes every old token stale; nothing that landed is done again.
/// </summary>
public sealed class Rebuild
{
    private const string Why = "the state was rebuilt";

    private readonly Workspace workspace;
    private readonly Repository repository;

    private Rebuild(Workspace workspace, Repository repository)
    {
        this.workspace = workspace;
        this.repository = repository;
    }

    private TaskProtocol Protocol => workspace.Protocol;

    /// <exception cref="BadInputException">There is nothing to rebuild, a run is active, or the plan cannot be read.</exception>
    public static async Task<RebuildReport> RunAsync(string folder, TimeProvider time, PlanChoice choice, CancellationToken cancellation)
    {
        var repository = Repository.Discover(folder) ?? throw new BadInputException($"{folder} is not in a git repository", "Without git there is nothing to rebuild from: interlock assign imports the plan anew", 3);
        var source = RebuildFile.Prepare(repository, time);
        using var workspace = Workspace.Open(folder, time, rebuilding: true);
        using var gate = RunLock.TryTake(workspace.StateDir) ?? throw new BadInputException("another run is active in this repository", "Wait for it, or stop it");
        var report = await new Rebuild(workspace, repository).FillAsync(source, choice, cancellation);
        workspace.Sync();
        return report;
    }

    private async Task<RebuildReport> FillAsync(string? backup, PlanChoice choice, CancellationToken cancellation)
    {
        EndLeases();
        var locks = new LockLeftovers(workspace).SetAside();
        ForgetFiles();

        // Before anything can take a lease: a lock file of a person becomes a hold as soon as the files are read.
        var fence = await HighestFenceAsync(locks, cancellation);
        Protocol.SkipFences(fence, $"{Why}; the fences up to here were given out before");
        workspace.Sync();
        PlanImport.Store(PlanImport.Read(workspace.Root, workspace.Config, choice), workspace.Config, Protocol);
        await new Lander(workspace.Protocol, new BranchGit(repository), _ => { }).RecoverAsync(cancellation);
        var commits = await new LandedWork(repository).ReadAsync(cancellation);
        var stopped = await StopAgentsAsync(cancellation);
        await ClearWorktreesAsync(cancellation);
        await new AttemptBranches(workspace, repository).TidyAsync(cancellation);
        var kept = await new KeptWork(repository).ReadAsync(cancellation);
        var landed = Adopt(commits);
        var tips = await new LandedWork(repository).TipsAsync(cancellation);
        var goingOn = await RememberAsync(kept, tips, cancellation);
        NoteBranches(tips);
        var source = backup is null ? "git and the files alone" : $"the backup {backup}, git and the files";
        var tasks = workspace.Store.Read(reader => reader.Tasks().Count);
        Protocol.Note("state.rebuilt", string.Create(CultureInfo.InvariantCulture, $"from {source}: {Counted.Of(tasks, "task")}, {landed} landed, {goingOn} with earlier work; processes of agents stopped: {stopped}; tokens of before are stale"));
        return new RebuildReport(source, tasks, landed, goingOn, stopped, fence);
    }

    // Only a backup has any; their tokens are of an epoch that is over.
    private void EndLeases()
    {
        foreach (var lease in workspace.Store.Read(reader => reader.LiveLeases()))
        {
            Protocol.Reclaim(lease.Fence, Why, usesAttempt: false, "lease.revoked");
        }
    }

    // A backup remembers older files than those that are there: what differs would look like edits by hand.
    private void ForgetFiles() => workspace.Store.Write(transaction =>
    {
        foreach (var path in transaction.ProjectionPaths())
        {
            transaction.SetProjection(path, null);
        }

        return true;
    });

    private async Task<long> HighestFenceAsync(long locks, CancellationToken cancellation)
    {
        var landed = (await new LandedWork(repository).ReadAsync(cancellation)).Select(commit => commit.Fence);
        var kept = (await new KeptWork(repository).ReadAsync(cancellation)).Select(work => work.Fence);
        var left = (await new Recovery(workspace).Worktrees(repository).ListAsync(cancellation)).Select(worktree => Commits.AttemptIn(worktree.Name)?.Fence ?? 0);
        return Math.Max(Math.Max(locks, MostClaims()), landed.Concat(kept).Concat(left).DefaultIfEmpty(0).Max());
    }

    // Attempts that left nothing had fences too. Each claim was an event, so the file's revision bounds their number.
    private long MostClaims()
    {
        const long Unknown = 100_000;
        var path = Path.Combine(workspace.Root, StatusFile.Path);
        return RegularFile.KindOf(path) == FileKind.Regular && ProjectedFiles.ReadIfThere(path) is { } bytes && StatusDoor.Parse(bytes) is { } status && status["revision"] is JsonValue value && value.TryGetValue(out long revision) && revision >= 0
            ? Math.Min(revision, Unknown)
            : Unknown;
    }

    private int Adopt(IReadOnlyList<LandedCommit> commits)
    {
        var standing = LandedWork.Standing(commits);
        foreach (var commit in standing.Values)
        {
            Protocol.AdoptLanded(new TaskId(commit.Task), commit.Commit, commit.Branch);
        }

        foreach (var undone in commits.Select(commit => commit.Task).Distinct().Where(task => !standing.ContainsKey(task)))
        {
            Protocol.Block(new TaskId(undone), null, "it was undone before the state was rebuilt", null);
        }

        return workspace.Store.Read(reader => reader.Tasks().Count(task => task is { State: TaskState.Merged, CompletedHow: "landed" }));
    }

    private async Task<int> RememberAsync(IReadOnlyList<EarlierWork> kept, IReadOnlyDictionary<string, string> tips, CancellationToken cancellation)
    {
        var count = 0;
        foreach (var task in workspace.Store.Read(reader => reader.Tasks()).Where(task => !task.IsFinished))
        {
            foreach (var work in kept.Where(work => work.Task == task.Id.Value))
            {
                if (await BaseOfAsync(work.Commit, tips.GetValueOrDefault(new IntegrationBranch(repository, task.Story).Ref), cancellation) is { } from && from != work.Commit)
                {
                    Protocol.RememberPriorWork(task.Id, work.Commit, from);
                    count++;
                    break;
                }
            }
        }

        return count;
    }

    private async Task<string?> BaseOfAsync(string commit, string? tip, CancellationToken cancellation)
    {
        tip ??= await repository.ResolveAsync("HEAD", cancellation);
        var common = tip is null ? null : await repository.Git.TryRunAsync(["merge-base", "--end-of-options", tip, commit], cancellation);
        return common is { ExitCode: 0 } ? common.Text.Trim() : null;
    }

    // The leases by which an agent of a killed run is found went with the state. Its token is stale, but it would go on writing, and cost money.
    private Task<int> StopAgentsAsync(CancellationToken cancellation)
    {
        var ours = RealPath.Of(repository.CommonDir);
        return ProcessTree.StopForgottenAsync(root => Repository.DiscoverUsable(root) is { } other && RealPath.Of(other.CommonDir) == ours, Leftovers.Grace, cancellation);
    }

    private async Task ClearWorktreesAsync(CancellationToken cancellation)
    {
        var recovery = new Recovery(workspace);
        var pool = recovery.Worktrees(repository);
        await pool.ClearHalfMadeAsync(cancellation);
        foreach (var worktree in await pool.ListAsync(cancellation))
        {
            await recovery.ClearAsync(pool, worktree, cancellation);
        }
    }

    // As they were left: what was deleted or moved back since is for the watch to find out, as if the state had never been away.
    private void NoteBranches(IReadOnlyDictionary<string, string> tips)
    {
        foreach (var (name, tip) in tips)
        {
            Protocol.NoteBranch(name, tip, $"{name} at {TaskProtocol.Short(tip)}");
        }
    }
}
