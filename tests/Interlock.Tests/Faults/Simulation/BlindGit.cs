using Interlock.Domain.Merging;
using Interlock.Engine.Merging;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>Git that gives one wrong answer, as a landing would act on that did not ask.</summary>
internal sealed class BlindGit(SimulatedGit git) : IBranchGit
{
    public bool NothingIsAncestor { get; init; }
    public bool EverythingIsAncestor { get; init; }
    public bool SwapsBlindly { get; init; }
    public bool FindsNoCopy { get; init; }

    public Task<string?> ResolveAsync(string revision, CancellationToken cancellation) => git.ResolveAsync(revision, cancellation);

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellation) =>
        NothingIsAncestor ? Task.FromResult(commit == of && git.Commit(commit).Fence is null) : EverythingIsAncestor ? Task.FromResult(true) : git.IsAncestorAsync(commit, of, cancellation);

    public Task<bool> CompareAndSwapAsync(string fullRef, string next, string old, string reason, CancellationToken cancellation) =>
        git.CompareAndSwapAsync(fullRef, next, SwapsBlindly ? git[fullRef] ?? old : old, reason, cancellation);

    public Task<int> CountAsync(string before, string tip, CancellationToken cancellation) => git.CountAsync(before, tip, cancellation);

    public Task<string?> FindCopyAsync(string fence, string before, string tip, CancellationToken cancellation) =>
        FindsNoCopy ? Task.FromResult<string?>(null) : git.FindCopyAsync(fence, before, tip, cancellation);

    public Task<string?> FenceOfAsync(string commit, CancellationToken cancellation) => git.FenceOfAsync(commit, cancellation);

    public Task KeepLandedAsync(string target, string tip, IReadOnlyList<Landing> landed, CancellationToken cancellation) => git.KeepLandedAsync(target, tip, landed, cancellation);
}
