using System.Collections.Immutable;
using System.Globalization;
using Interlock.Domain.Merging;
using Interlock.Domain.Plans;
using Interlock.Engine.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Tests.Faults.Simulation;

/// <param name="Fence">Of the landing it is; null for a commit of somebody else, or an agent's own.</param>
/// <param name="Tree">What each path holds: the marks of all that changed it, oldest first.</param>
internal sealed record SimulatedCommit(string Id, string? Parent, long? Fence, TaskId? Task, bool Undoes, ImmutableSortedDictionary<string, string> Tree, int Depth);

/// <summary>Commits, ancestry and refs with compare-and-swap; nothing that git promises and this does not.</summary>
internal sealed class SimulatedGit : IBranchGit
{
    private readonly Dictionary<string, SimulatedCommit> commits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> refs = new(StringComparer.Ordinal);

    /// <summary>Called before each call: others may act, or the process may die, here.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>Called after a branch was moved, before the caller hears of it.</summary>
    public Action? AfterSwap { get; set; }

    /// <summary>True when another process holds the lock of the ref just now.</summary>
    public Func<bool>? RefIsLocked { get; set; }

    /// <summary>Sees each move of a branch by the queue.</summary>
    public Action<string, string?, string>? Swapped { get; set; }

    public string? this[string fullRef] => refs.GetValueOrDefault(fullRef);

    public SimulatedCommit Commit(string id) => commits[id];

    public bool Has(string id) => commits.ContainsKey(id);

    public SimulatedCommit Add(string? parent, ImmutableSortedDictionary<string, string> tree, long? fence = null, TaskId? task = null, bool undoes = false)
    {
        var commit = new SimulatedCommit($"c{(commits.Count + 1).ToString(CultureInfo.InvariantCulture)}", parent, fence, task, undoes, tree, parent is null ? 0 : commits[parent].Depth + 1);
        commits.Add(commit.Id, commit);
        return commit;
    }

    public void Set(string fullRef, string? commit)
    {
        if (commit is null)
        {
            refs.Remove(fullRef);
        }
        else
        {
            refs[fullRef] = commit;
        }
    }

    /// <summary>From the tip down.</summary>
    public IEnumerable<SimulatedCommit> Log(string? tip)
    {
        for (var at = tip; at is not null; at = commits[at].Parent)
        {
            yield return commits[at];
        }
    }

    public bool IsAncestor(string commit, string of)
    {
        var depth = commits.TryGetValue(commit, out var known) ? known.Depth : throw new GitException(["merge-base"], 128, $"no commit {commit}");
        var at = commits[of];
        while (at.Depth > depth)
        {
            at = commits[at.Parent!];
        }

        return at.Id == commit;
    }

    public Task<string?> ResolveAsync(string revision, CancellationToken cancellation)
    {
        Before?.Invoke("resolve");
        return Task.FromResult(refs.TryGetValue(revision, out var tip) ? tip : commits.ContainsKey(revision) ? revision : null);
    }

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellation)
    {
        Before?.Invoke("ancestor");
        return Task.FromResult(IsAncestor(commit, of));
    }

    public Task<bool> CompareAndSwapAsync(string fullRef, string next, string old, string reason, CancellationToken cancellation)
    {
        Before?.Invoke("swap");
        if (RefIsLocked?.Invoke() == true)
        {
            throw new GitException(["update-ref"], 128, "cannot lock ref");
        }

        var expected = old.AsSpan().ContainsAnyExcept('0') ? old : null;
        if (refs.GetValueOrDefault(fullRef) != expected)
        {
            return Task.FromResult(false);
        }

        Swapped?.Invoke(fullRef, expected, next);
        refs[fullRef] = next;
        AfterSwap?.Invoke();
        return Task.FromResult(true);
    }

    public Task<int> CountAsync(string before, string tip, CancellationToken cancellation) => Task.FromResult(Log(tip).TakeWhile(commit => commit.Id != before).Count());

    public Task<string?> FindCopyAsync(string fence, string before, string tip, CancellationToken cancellation)
    {
        Before?.Invoke("find-copy");
        var number = long.Parse(fence, CultureInfo.InvariantCulture);
        return Task.FromResult(Log(tip).TakeWhile(commit => !IsAncestor(commit.Id, before)).FirstOrDefault(commit => commit.Fence == number)?.Id);
    }

    public Task<string?> FenceOfAsync(string commit, CancellationToken cancellation) =>
        Task.FromResult(commits[commit].Fence?.ToString(CultureInfo.InvariantCulture));

    public Task KeepLandedAsync(string target, string tip, IReadOnlyList<Landing> landed, CancellationToken cancellation)
    {
        Before?.Invoke("keep");
        refs[BranchWatch.KeepRef(target)] = tip;
        return Task.CompletedTask;
    }
}
