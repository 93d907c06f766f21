using Interlock.Domain.Leasing;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// Merges work under way with the branch and pairwise, on paper only. Remembers what it merged the time before, so work
/// that did not change costs nothing. Not for use by two at once.
/// </summary>
/// <param name="hot">Files that merge rules settle.</param>
public sealed class ConflictFinder(Repository repository, FileSet hot)
{
    private sealed record Outcome(bool Clean, string Tree, IReadOnlyList<string> Paths);

    private Dictionary<(string Base, string Ours, string Theirs), Outcome> known = [];
    private Dictionary<(string Base, string Ours, string Theirs), Outcome> used = [];

    /// <summary>Merges made since the start, those remembered not counted.</summary>
    public int Merges { get; private set; }

    public async Task<IReadOnlyList<ExpectedConflict>> FindAsync(IReadOnlyList<ActiveWork> works, CancellationToken cancellation)
    {
        used = [];
        var conflicts = new List<ExpectedConflict>();
        var sides = new List<(ActiveWork Work, IReadOnlyList<TreeChange> Changes, Outcome OnTip)>();
        foreach (var work in works)
        {
            var changes = await TreeChange.ReadAsync(repository, work.Base, work.Tree, cancellation);
            var onTip = work.Base == work.Tip ? new Outcome(true, work.Tree, []) : await MergeAsync(work.Base, work.Tip, work.Tree, cancellation);
            sides.Add((work, changes, onTip));
            Add(conflicts, work, null, onTip.Paths);
        }

        for (var i = 0; i < sides.Count; i++)
        {
            for (var j = i + 1; j < sides.Count; j++)
            {
                var (left, right) = (sides[i], sides[j]);
                if (MayConflict(left.Changes, right.Changes))
                {
                    // As they would land, one after the other; where one conflicts with the branch, only what both changed counts.
                    var paths = left.Work.Branch == right.Work.Branch && left.OnTip.Clean && right.OnTip.Clean
                        ? (await MergeAsync(left.Work.Tip, left.OnTip.Tree, right.OnTip.Tree, cancellation)).Paths
                        : await DirectAsync(left.Work, right.Work, left.Changes, right.Changes, cancellation);
                    Add(conflicts, left.Work, right.Work, paths);
                }
            }
        }

        known = used;
        return conflicts;
    }

    private void Add(List<ExpectedConflict> conflicts, ActiveWork work, ActiveWork? other, IReadOnlyList<string> paths)
    {
        List<string> cold = [.. paths.Where(path => !hot.Covers(path))];
        if (cold.Count > 0)
        {
            conflicts.Add(new ExpectedConflict(work, other, cold));
        }
    }

    private async Task<IReadOnlyList<string>> DirectAsync(
        ActiveWork left, ActiveWork right, IReadOnlyList<TreeChange> leftChanges, IReadOnlyList<TreeChange> rightChanges, CancellationToken cancellation)
    {
        var common = await repository.Git.TryRunAsync(["merge-base", "--end-of-options", left.Base, right.Base], cancellation);
        if (common.ExitCode != 0)
        {
            return [];
        }

        var both = leftChanges.Select(change => change.Path).Intersect(rightChanges.Select(change => change.Path)).ToHashSet(StringComparer.Ordinal);
        return [.. (await MergeAsync(common.Text.Trim(), left.Tree, right.Tree, cancellation)).Paths.Where(both.Contains)];
    }

    private async Task<Outcome> MergeAsync(string baseRev, string ours, string theirs, CancellationToken cancellation)
    {
        var key = (baseRev, ours, theirs);
        if (used.TryGetValue(key, out var outcome) || known.TryGetValue(key, out outcome))
        {
            return used[key] = outcome;
        }

        Merges++;
        var merge = await TreeMerge.MergeAsync(repository, baseRev, ours, theirs, cancellation);
        return used[key] = new Outcome(merge.Clean, merge.Tree, merge.Paths);
    }

    // Changes to different paths merge, unless one is a folder of the other, or a folder moves away under new files.
    private static bool MayConflict(IReadOnlyList<TreeChange> left, IReadOnlyList<TreeChange> right)
    {
        var (ours, theirs) = (PathsAndFolders(left), PathsAndFolders(right));
        return left.Any(change => theirs.Contains(change.Path)) || right.Any(change => ours.Contains(change.Path))
            || (left.Any(change => change.New.IsAbsent) && right.Any(change => change.Old.IsAbsent))
            || (right.Any(change => change.New.IsAbsent) && left.Any(change => change.Old.IsAbsent));
    }

    private static HashSet<string> PathsAndFolders(IReadOnlyList<TreeChange> changes)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            for (var path = change.Path; path.Length > 0 && all.Add(path); path = path[..Math.Max(0, path.LastIndexOf('/'))])
            {
            }
        }

        return all;
    }
}
