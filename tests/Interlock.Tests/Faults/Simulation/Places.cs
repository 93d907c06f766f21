using System.Collections.Immutable;
using System.Globalization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Engine.Running;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>The worktrees of the simulated host, and what was saved out of them.</summary>
internal sealed class Places(World world) : ILeftovers
{
    private readonly SortedDictionary<long, Place> places = [];
    private readonly HashSet<string> saved = new(StringComparer.Ordinal);

    /// <summary>For the seeded bug that removes before it saves.</summary>
    public bool SkipsSaving { get; init; }

    /// <summary>By the fence they were made for.</summary>
    public IReadOnlyList<long> Names => [.. places.Keys];

    public void Make(Lease lease) => places[lease.Fence] = new Place(lease.BaseCommit!, world.Git.Commit(lease.BaseCommit!).Tree);

    public void Change(Lease lease, ImmutableSortedDictionary<string, string> tree)
    {
        if (places.TryGetValue(lease.Fence, out var place))
        {
            places[lease.Fence] = place with { Tree = tree };
        }
    }

    /// <summary>The work as one commit; null when there is none or the worktree is gone.</summary>
    public string? Seal(Lease lease)
    {
        if (!places.TryGetValue(lease.Fence, out var place) || Same(place))
        {
            return null;
        }

        var commit = world.Git.Add(place.Base, place.Tree).Id;
        saved.Add(Key(lease.Fence, place));
        return commit;
    }

    public string? Save(Lease lease)
    {
        if (!places.TryGetValue(lease.Fence, out var place) || Same(place))
        {
            return null;
        }

        saved.Add(Key(lease.Fence, place));
        return world.Git.Add(place.Base, place.Tree).Id;
    }

    public void Remove(Lease lease)
    {
        if (!places.Remove(lease.Fence, out var place))
        {
            return;
        }

        if (!Same(place) && !saved.Contains(Key(lease.Fence, place)))
        {
            throw new Violation("S8", $"the worktree of fence {lease.Fence.ToString(CultureInfo.InvariantCulture)} was removed with work that is nowhere else");
        }
    }

    /// <summary>All of them are saved and removed.</summary>
    public void Clear()
    {
        places.Clear();
        saved.Clear();
    }

    public Task StopAsync(Lease lease, CancellationToken cancellation) => Task.CompletedTask;

    public Task<bool> HasWorktreeAsync(Lease lease, CancellationToken cancellation) => Task.FromResult(places.ContainsKey(lease.Fence));

    public Task<string?> SaveAsync(TaskId task, Lease lease, CancellationToken cancellation) => Task.FromResult(SkipsSaving ? null : Save(lease));

    public Task RemoveAsync(Lease lease, CancellationToken cancellation)
    {
        Remove(lease);
        return Task.CompletedTask;
    }

    private bool Same(Place place) => ReferenceEquals(place.Tree, world.Git.Commit(place.Base).Tree);

    private static string Key(long fence, Place place) => $"{fence.ToString(CultureInfo.InvariantCulture)}:{string.Join(' ', place.Tree.Select(entry => $"{entry.Key}={entry.Value}"))}";

    private sealed record Place(string Base, ImmutableSortedDictionary<string, string> Tree);
}
