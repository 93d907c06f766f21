using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Engine.Running;
using Interlock.Engine.Verification;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// What landing asks of git: where branches stand, what is on them, and to move one if it still stands where it did. Landing
/// knows git through this alone, so that it can be driven through every crash and race without a process.
/// </summary>
internal interface IBranchGit
{
    /// <summary>Null when there is no such ref or commit.</summary>
    Task<string?> ResolveAsync(string revision, CancellationToken cancellation);

    Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellation);

    /// <summary>False when the branch no longer stands at <paramref name="old"/>.</summary>
    /// <exception cref="GitException">It could not be told: another process may hold the ref's lock.</exception>
    Task<bool> CompareAndSwapAsync(string fullRef, string next, string old, string reason, CancellationToken cancellation);

    Task<int> CountAsync(string before, string tip, CancellationToken cancellation);

    /// <summary>The newest commit of a landing among those of <paramref name="tip"/> that <paramref name="before"/> has not, under whatever id it has by now.</summary>
    Task<string?> FindCopyAsync(string fence, string before, string tip, CancellationToken cancellation);

    /// <summary>Which landing a commit is of; null when it names none.</summary>
    Task<string?> FenceOfAsync(string commit, CancellationToken cancellation);

    /// <summary>Keeps what landed alive, also when somebody deletes or moves the branch, and drops the refs its work was handed in under.</summary>
    Task KeepLandedAsync(string target, string tip, IReadOnlyList<Landing> landed, CancellationToken cancellation);
}

/// <summary>The repository as landing sees it.</summary>
internal sealed class BranchGit(Repository repository) : IBranchGit
{
    public Task<string?> ResolveAsync(string revision, CancellationToken cancellation) => repository.ResolveAsync(revision, cancellation);

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellation) => repository.IsAncestorAsync(commit, of, cancellation);

    public Task<bool> CompareAndSwapAsync(string fullRef, string next, string old, string reason, CancellationToken cancellation) =>
        repository.CompareAndSwapAsync(fullRef, next, old, reason, cancellation);

    public async Task<int> CountAsync(string before, string tip, CancellationToken cancellation) =>
        int.Parse(await repository.Git.RunAsync(["rev-list", "--count", $"{before}..{tip}"], cancellation), CultureInfo.InvariantCulture);

    public async Task<string?> FindCopyAsync(string fence, string before, string tip, CancellationToken cancellation)
    {
        // The fence alone names the landing; as a basic expression it is bound to a whole line.
        string[] arguments = ["log", "-1", "--format=%H", $"--grep=^Lease-Fence: {fence}$", "--end-of-options", $"{before}..{tip}"];
        var found = await repository.Git.RunAsync(arguments, cancellation);
        return found.Length > 0 ? found : null;
    }

    public async Task<string?> FenceOfAsync(string commit, CancellationToken cancellation)
    {
        var trailers = await repository.Git.RunAsync(["log", "-1", "--format=%(trailers:key=Lease-Fence,valueonly)", "--end-of-options", commit], cancellation);
        return trailers.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [var fence, ..] ? fence.Trim() : null;
    }

    public async Task KeepLandedAsync(string target, string tip, IReadOnlyList<Landing> landed, CancellationToken cancellation)
    {
        await repository.Git.TryRunAsync(["update-ref", BranchWatch.KeepRef(target), tip], cancellation);
        foreach (var landing in landed)
        {
            await repository.TryDeleteAsync($"refs/heads/{Commits.BranchOf(landing.Task, landing.Fence)}", landing.Commit, cancellation);
            await repository.Git.TryRunAsync(["update-ref", "-d", Verifier.RefOf(Commits.WorktreeOf(landing.Task, landing.Fence))], cancellation);
        }
    }
}
