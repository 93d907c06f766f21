using Interlock.Engine.Configuration;
using Interlock.Domain.Plans;
using Interlock.Engine.Platform;
using Interlock.Engine.Running;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Makes, finds, saves and removes the worktrees of one repository. Only directories below the root that carry our
/// marker are ever touched.
/// </summary>
public sealed class WorktreePool
{
    /// <summary>How the names of branches begin on which something is verified.</summary>
    public const string VerificationBranches = "interlock-verify/";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(14);

    private readonly Repository repository;
    private readonly PoolRoot root;
    private readonly WorktreeSetup setup;
    private readonly WorktreeOptions options;
    private readonly DiskBudget budget;
    private readonly WorktreeMaker maker;
    private readonly Salvager salvager;
    private readonly WorktreeRemover remover;
    private readonly HalfMadeWorktrees halfMade;

    /// <param name="root">Outside the main checkout: nested worktrees make an agent's absolute paths hit the main one.</param>
    public WorktreePool(Repository repository, string root, WorktreeSetup setup, WorktreeOptions? options = null)
    {
        this.repository = repository;
        this.root = new PoolRoot(Path.TrimEndingDirectorySeparator(RealPath.Of(root)), repository.CommonDir);
        this.setup = setup;
        this.options = options ?? WorktreeOptions.None;
        if (repository.MainCheckout is { } main && IsBelow(this.root.Path, RealPath.Of(main)))
        {
            throw new BadInputException(
                $"worktrees must live outside the main checkout, not in {this.root.Path}",
                "Name another folder as worktrees.root in interlock.json, or set XDG_STATE_HOME to one outside of the repository", 3);
        }

        budget = new DiskBudget(repository, this.root, this.options.Disk);
        maker = new WorktreeMaker(repository, this.root, this.options);
        salvager = new Salvager(repository);
        remover = new WorktreeRemover(repository, this.root, this.options.Pooled);
        halfMade = new HalfMadeWorktrees(repository, this.root);
    }

    /// <summary>Where the worktrees are made.</summary>
    public string Root => root.Path;

    /// <summary>
    /// A whole checkout of <paramref name="baseCommit"/> on a new branch, set up. An intact one of the same name is
    /// adopted; a half-made or foreign one is saved and made anew.
    /// </summary>
    public async Task<Worktree> CreateAsync(string name, string branch, string baseCommit, CancellationToken cancellation)
    {
        if (!Identifiers.IsValid(name))
        {
            throw new ArgumentException($"'{name}' cannot name a worktree: use {Identifiers.Grammar}", nameof(name));
        }

        var commit = await repository.ResolveAsync(baseCommit, cancellation)
            ?? throw new ArgumentException($"'{baseCommit}' is not a commit", nameof(baseCommit));
        using var making = await WorktreeGate.TakeAsync(repository, name, cancellation);
        StartedWorktree started;
        using (await LockAsync(cancellation))
        {
            await halfMade.ClearUnfinishedAsync(cancellation);
            if (await AdoptAsync(name, branch, commit, cancellation) is { } adopted)
            {
                return adopted;
            }

            await ClearWayAsync(name, branch, commit, cancellation);
            root.EnsureMarked();
            var pooled = root.FindPooled(PoolRoot.IsVerification(name));
            await budget.MakeRoomAsync(Path.Combine(root.Path, name), commit, pooled, cancellation);
            started = await maker.StartAsync(name, branch, commit, pooled, cancellation);
        }

        var made = await FillAsync(started, cancellation);
        await SetUpAsync(made, cancellation);
        return made;
    }

    /// <summary>The variables that an agent, the setup command and checks find in this worktree besides the usual ones.</summary>
    /// <exception cref="IOException">Its slot has no ports left.</exception>
    public IReadOnlyDictionary<string, string> EnvironmentOf(Worktree worktree) => options.Slots.EnvironmentOf(worktree.Slot);

    public async Task<Worktree?> FindAsync(string name, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).FirstOrDefault(w => w.Name == name);

    /// <summary>Ours only, from the repository's records; also those whose directory is gone.</summary>
    public Task<IReadOnlyList<Worktree>> ListAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<Worktree>>([.. Ours()]);
    }

    /// <summary>
    /// Keeps everything in the worktree that is not in its base: uncommitted, untracked (not ignored), staged and
    /// committed work, as one commit under <c>refs/interlock/salvage/&lt;task&gt;/&lt;fence&gt;</c>. Null when there is nothing.
    /// Touches neither tree, index nor stash.
    /// </summary>
    public Task<string?> SalvageAsync(Worktree worktree, string task, long fence, CancellationToken cancellation)
    {
        remover.RequireOurs(worktree);
        return Identifiers.IsValid(task)
            ? salvager.SaveAsync(worktree, task, fence, cancellation)
            : throw new ArgumentException($"'{task}' cannot name a salvage: use {Identifiers.Grammar}", nameof(task));
    }

    /// <exception cref="UnsavedWorkException">Something in it would be lost.</exception>
    public Task RemoveAsync(Worktree worktree, bool deleteBranch, CancellationToken cancellation) =>
        RemoveAsync(worktree, deleteBranch, submitted: null, cancellation);

    /// <param name="submitted">The sealed commit that was submitted, whether its work has landed since or not; it counts as saved.</param>
    /// <exception cref="UnsavedWorkException">Something in it would be lost.</exception>
    public async Task RemoveAsync(Worktree worktree, bool deleteBranch, string? submitted, CancellationToken cancellation)
    {
        string? left;
        using (await LockAsync(cancellation))
        {
            left = await remover.RemoveAsync(worktree, deleteBranch, submitted, cancellation);
        }

        PoolRoot.DeleteFolder(left);
    }

    /// <summary>
    /// Takes away what a crash in the middle of <see cref="CreateAsync"/> left: git's record and a directory below our
    /// root, but no marker, so nobody was ever given it.
    /// </summary>
    public async Task ClearHalfMadeAsync(CancellationToken cancellation)
    {
        using var gate = await LockAsync(cancellation);
        await halfMade.ClearAsync(Ours(), cancellation);
    }

    /// <summary>Takes away what a killed <c>git worktree add</c> left; as long as it is there, some git commands refuse to run, the next add among them.</summary>
    public async Task ClearUnfinishedAsync(CancellationToken cancellation)
    {
        using var gate = await LockAsync(cancellation);
        await halfMade.ClearUnfinishedAsync(cancellation);
    }

    /// <summary>Names of what <see cref="ClearUnfinishedAsync"/> would take away; one that is being made right now looks the same.</summary>
    public IReadOnlyList<string> Unfinished() => [.. halfMade.Unfinished()];

    /// <summary>Deletes branches of verifications that have no worktree any more. Answers why, for each that git kept.</summary>
    public async Task<IReadOnlyList<string>> ClearVerificationBranchesAsync(CancellationToken cancellation)
    {
        using var gate = await LockAsync(cancellation);
        return await halfMade.ClearVerificationBranchesAsync(cancellation);
    }

    /// <summary>
    /// Deletes what has been pooled or in the trash for too long, or is more than may be pooled. Needs no lock, may be
    /// stopped at any time, and reports nothing: what resists is tried again by the next sweep.
    /// </summary>
    public Task TidyAsync(DateTimeOffset now, CancellationToken cancellation) =>
        Task.Run(() => root.Tidy(now - KeptFor, options.Pooled, cancellation), CancellationToken.None);

    /// <summary>Deletes trash and pooled folders as long as their disk is nearly full: what may be of use later must not keep new work from starting.</summary>
    public async Task GiveUpWhileLowAsync(CancellationToken cancellation)
    {
        if (FreeSpace.IsLow(root.Path))
        {
            using var gate = await LockAsync(cancellation);
            budget.GiveUpWhileLow();
        }
    }

    /// <summary>Folders of removed worktrees that are still there, oldest first.</summary>
    public IReadOnlyList<string> Trash() => [.. root.Trash().Select(entry => entry.Path)];

    /// <summary>Deletes one folder of <see cref="Trash"/>. False when it resists or is not there any more.</summary>
    public bool EmptyTrash(string path)
    {
        if (root.Trash().FirstOrDefault(entry => entry.Path == path) is not { } entry)
        {
            return false;
        }

        root.Delete(entry);
        return !Directory.Exists(path);
    }

    /// <summary>Removes a worktree whatever is in it: only for trees nobody works in, such as those of checks.</summary>
    public async Task DiscardAsync(Worktree worktree, CancellationToken cancellation)
    {
        string? left;
        using (await LockAsync(cancellation))
        {
            left = await remover.DiscardAsync(worktree, cancellation);
        }

        PoolRoot.DeleteFolder(left);
    }

    /// <summary>
    /// Puts an earlier attempt's work into a fresh worktree as staged changes; HEAD stays at the base.
    /// False, and nothing touched, when it does not merge cleanly or the worktree is not fresh. What a crash or a full disk leaves half
    /// applied is nobody's work: it is not salvaged in the place of what it is half of.
    /// </summary>
    /// <param name="except">Paths that no task may change: an attempt that failed because of one must not hand its change on.</param>
    /// <exception cref="GitException">It could not be written; the worktree is of no use any more.</exception>
    public async Task<bool> ApplyPriorWorkAsync(Worktree worktree, string priorCommit, string priorBase, Func<string, bool> except, CancellationToken cancellation)
    {
        var forbidden = (await TreeChange.ReadAsync(repository, priorBase, priorCommit, cancellation)).Where(change => except(change.Path));
        var work = await Merging.TreeEdit.ApplyAsync(repository, priorCommit, [.. forbidden.Select(change => (change.Path, change.Old))], cancellation);
        var merge = await Merging.TreeMerge.MergeAsync(repository, priorBase, worktree.BaseCommit, work, cancellation);
        if (!merge.Clean)
        {
            return false;
        }

        var git = (await repository.ViewAsync(cancellation)).On(worktree.Path);
        var index = WorktreeMaker.IndexOf(worktree.GitDir);
        string[] trees = ["-m", "-u", worktree.BaseCommit, merge.Tree];
        if ((await git.TryRunAsync(["read-tree", "--dry-run", .. trees], cancellation, env: index)).ExitCode != 0)
        {
            return false;
        }

        var marker = WorktreeMarker.Read(worktree.GitDir)!;
        (marker with { Ready = false }).Write(worktree.GitDir);
        await git.RunAsync(["read-tree", .. trees], cancellation, env: index);
        Failpoint.Hit(Failpoint.WhileApplying);
        marker.Write(worktree.GitDir);
        return true;
    }

    /// <summary>What a new worktree would get from the checkout as it is now.</summary>
    internal IEnumerable<FileSystemInfo> Sources() => setup.Sources(repository);

    internal static bool IsBelow(string path, string folder) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || path == folder;

    private IEnumerable<Worktree> Ours()
    {
        var records = Path.Combine(repository.CommonDir, "worktrees");
        if (!Directory.Exists(records))
        {
            yield break;
        }

        foreach (var gitDir in Directory.EnumerateDirectories(records).Order(StringComparer.Ordinal))
        {
            if (WorktreeMarker.Read(gitDir) is { } marker && marker.Path == Path.Combine(root.Path, marker.Name))
            {
                yield return marker.ToWorktree(gitDir);
            }
        }
    }

    private async Task<Worktree?> AdoptAsync(string name, string branch, string commit, CancellationToken cancellation)
    {
        var found = Ours().FirstOrDefault(w => w.Name == name);
        if (found is null || found.Branch != branch || found.BaseCommit != commit || WorktreeMarker.Read(found.GitDir) is not { Ready: true })
        {
            return null;
        }

        var head = await found.Git.TryRunAsync(["symbolic-ref", "--quiet", "HEAD"], cancellation);
        var intact = head.Text.Trim() == found.BranchRef && Directory.Exists(found.Path)
            && await repository.ResolveAsync(found.BranchRef, cancellation) is { } tip
            && await repository.IsAncestorAsync(commit, tip, cancellation);
        if (!intact)
        {
            return null;
        }

        return WorktreeMaker.SlotOf(found.GitDir) is null ? found with { Slot = maker.TakeSlot(found.GitDir) } : found;
    }

    private async Task ClearWayAsync(string name, string branch, string commit, CancellationToken cancellation)
    {
        if (Ours().FirstOrDefault(w => w.Name == name) is { } broken)
        {
            await salvager.SaveAsync(broken, $"{Salvager.Prefix}worktree/{name}/{Guid.NewGuid():N}", $"salvage of the worktree {name}", cancellation);
            PoolRoot.DeleteFolder(await remover.RemoveAsync(broken, deleteBranch: true, submitted: null, cancellation));
        }

        await halfMade.ClearAsync(name, cancellation);
        await salvager.SaveOrphanAsync(branch, commit, cancellation);
    }

    private async Task SetUpAsync(Worktree worktree, CancellationToken cancellation)
    {
        try
        {
            var paths = setup.Bring(repository, worktree);
            var marker = WorktreeMarker.Read(worktree.GitDir)! with { SetupPaths = paths };
            marker.Write(worktree.GitDir);
            await setup.RunCommandsAsync(repository, worktree, EnvironmentOf(worktree), options.Builds, cancellation);
            (marker with { Ready = true }).Write(worktree.GitDir);
        }
        catch
        {
            // Nobody has worked in it yet; the token may be the reason for being here.
            await DiscardAsync(worktree, CancellationToken.None);
            throw;
        }
    }

    private async Task<Worktree> FillAsync(StartedWorktree started, CancellationToken cancellation)
    {
        try
        {
            return await maker.FillAsync(started, cancellation);
        }
        catch
        {
            // The token may be the reason for being here; what was half made must go all the same.
            using var gate = await LockAsync(CancellationToken.None);
            await maker.UndoAsync(started.Worktree);
            throw;
        }
    }

    private Task<FileGate> LockAsync(CancellationToken cancellation) =>
        FileGate.AcquireAsync(Path.Combine(repository.EnsureStateDir(), "worktree.lock"), cancellation);
}
