using Interlock.Domain.Plans;
using Interlock.Engine.Platform;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// Makes, finds, saves and removes the worktrees of one repository. Only directories below the root that carry our
/// marker are ever touched.
/// </summary>
public sealed class WorktreePool
{
    private readonly Repository repository;
    private readonly string root;
    private readonly WorktreeSetup setup;
    private readonly Salvager salvager;
    private readonly WorktreeRemover remover;

    /// <param name="root">Outside the main checkout: nested worktrees make an agent's absolute paths hit the main one.</param>
    public WorktreePool(Repository repository, string root, WorktreeSetup setup)
    {
        this.repository = repository;
        this.root = Path.TrimEndingDirectorySeparator(RealPath.Of(root));
        this.setup = setup;
        if (repository.MainCheckout is { } main && IsBelow(this.root, RealPath.Of(main)))
        {
            throw new ArgumentException($"worktrees must live outside the main checkout, not in '{this.root}'", nameof(root));
        }

        salvager = new Salvager(repository);
        remover = new WorktreeRemover(repository, this.root);
    }

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
        Worktree made;
        using (await LockAsync(cancellation))
        {
            if (await AdoptAsync(name, branch, commit, cancellation) is { } adopted)
            {
                return adopted;
            }

            await ClearWayAsync(name, branch, commit, cancellation);
            made = await new WorktreeMaker(repository, root).MakeAsync(name, branch, commit, cancellation);
        }

        await SetUpAsync(made, cancellation);
        return made;
    }

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
            ? salvager.SaveAsync(worktree, $"{Salvager.Prefix}{task}/{fence}", $"salvage of {task}, fence {fence}", cancellation)
            : throw new ArgumentException($"'{task}' cannot name a salvage: use {Identifiers.Grammar}", nameof(task));
    }

    /// <exception cref="UnsavedWorkException">Something in it would be lost.</exception>
    public Task RemoveAsync(Worktree worktree, bool deleteBranch, CancellationToken cancellation) =>
        RemoveAsync(worktree, deleteBranch, landed: null, cancellation);

    /// <param name="landed">The sealed commit whose work is known to have landed in another form; it counts as saved.</param>
    /// <exception cref="UnsavedWorkException">Something in it would be lost.</exception>
    public async Task RemoveAsync(Worktree worktree, bool deleteBranch, string? landed, CancellationToken cancellation)
    {
        using var gate = await LockAsync(cancellation);
        await remover.RemoveAsync(worktree, deleteBranch, landed, cancellation);
    }

    /// <summary>
    /// Takes away what a crash in the middle of <see cref="CreateAsync"/> left: git's record and a directory below our
    /// root, but no marker, so nobody was ever given it.
    /// </summary>
    public async Task ClearHalfMadeAsync(CancellationToken cancellation)
    {
        using var gate = await LockAsync(cancellation);
        var ours = Ours().Select(worktree => worktree.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in remover.RecordedBelowRoot().Where(name => !ours.Contains(name)).ToList())
        {
            await remover.ClearHalfMadeAsync(name, cancellation);
        }
    }

    /// <summary>Removes a worktree whatever is in it: only for trees nobody works in, such as those of checks.</summary>
    public async Task DiscardAsync(Worktree worktree, CancellationToken cancellation)
    {
        using var gate = await LockAsync(cancellation);
        await remover.DiscardAsync(worktree, cancellation);
    }

    /// <summary>
    /// Puts an earlier attempt's work into a fresh worktree as staged changes; HEAD stays at the base.
    /// False, and nothing touched, when it does not merge cleanly or the worktree is not fresh.
    /// </summary>
    public async Task<bool> ApplyPriorWorkAsync(Worktree worktree, string priorCommit, string priorBase, CancellationToken cancellation)
    {
        var merge = await Merging.TreeMerge.MergeAsync(repository, priorBase, worktree.BaseCommit, priorCommit, cancellation);
        if (!merge.Clean)
        {
            return false;
        }

        var git = (await repository.ViewAsync(cancellation)).On(worktree.Path);
        var result = await git.TryRunAsync(["read-tree", "-m", "-u", worktree.BaseCommit, merge.Tree], cancellation, env: WorktreeMaker.IndexOf(worktree.GitDir));
        return result.ExitCode == 0;
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
            if (WorktreeMarker.Read(gitDir) is { } marker && marker.Path == Path.Combine(root, marker.Name))
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
        return intact ? found : null;
    }

    private async Task ClearWayAsync(string name, string branch, string commit, CancellationToken cancellation)
    {
        if (Ours().FirstOrDefault(w => w.Name == name) is { } broken)
        {
            await salvager.SaveAsync(broken, $"{Salvager.Prefix}worktree/{name}/{Guid.NewGuid():N}", $"salvage of the worktree {name}", cancellation);
            await remover.RemoveAsync(broken, deleteBranch: true, landed: null, cancellation);
        }

        await remover.ClearHalfMadeAsync(name, cancellation);
        await salvager.SaveOrphanAsync(branch, commit, cancellation);
    }

    private async Task SetUpAsync(Worktree worktree, CancellationToken cancellation)
    {
        try
        {
            var paths = setup.Bring(repository, worktree);
            var marker = WorktreeMarker.Read(worktree.GitDir)! with { SetupPaths = paths };
            marker.Write(worktree.GitDir);
            await setup.RunCommandAsync(repository, worktree, cancellation);
            (marker with { Ready = true }).Write(worktree.GitDir);
        }
        catch
        {
            // Nobody has worked in it yet; the token may be the reason for being here.
            using var gate = await LockAsync(CancellationToken.None);
            await remover.DiscardAsync(worktree, CancellationToken.None);
            throw;
        }
    }

    private Task<FileGate> LockAsync(CancellationToken cancellation) =>
        FileGate.AcquireAsync(Path.Combine(repository.EnsureStateDir(), "worktree.lock"), cancellation);
}
