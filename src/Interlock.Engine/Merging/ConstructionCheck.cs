using System.Text;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// Proves a merged tree from the four trees alone, without asking how it was built. A path only the work changed must be
/// exactly the work's; a path it did not change must be exactly the tip's; where both changed one file, no line of the tip
/// may vanish that the work did not remove, and no line the work added may be missing. Paths under a rule are held to what
/// the rule promises: see <see cref="RuledPaths"/>.
/// </summary>
internal static class ConstructionCheck
{
    internal static async Task<string?> FindFaultAsync(
        Repository repository, string tip, string baseCommit, string work, string merged, MergeRules rules, CancellationToken cancellation)
    {
        var landed = (await TreeChange.ReadAsync(repository, baseCommit, tip, cancellation)).ToDictionary(c => c.Path);
        var own = (await TreeChange.ReadAsync(repository, baseCommit, work, cancellation)).ToDictionary(c => c.Path);
        var result = (await TreeChange.ReadAsync(repository, tip, merged, cancellation)).ToDictionary(c => c.Path);
        var git = (await repository.ViewAsync(cancellation)).On(null);
        var ruled = await RuledPaths.ReadAsync(git, tip, own, result, rules, cancellation);
        if (result.Values.FirstOrDefault(change => !own.ContainsKey(change.Path) && !ruled.Allows(change)) is { } stray)
        {
            return $"{stray.Path}: the merge changed it, the work does not";
        }

        foreach (var (path, change) in own.Where(pair => !ruled.Settles(pair.Key)))
        {
            var ours = landed.TryGetValue(path, out var other) ? other.New : change.Old;
            var outcome = result.TryGetValue(path, out var changed) ? changed.New : ours;
            var fault = ours == change.Old && outcome != change.New ? "the merge lost the work's version"
                : ours == change.New && outcome != ours ? "the merge changed what both sides agree on"
                : ours == change.Old || ours == change.New ? null
                : await FindLineFaultAsync(git, change, ours, outcome, rules.Is(path, MergeRuleKind.Union), cancellation);
            if (fault is not null)
            {
                return $"{path}: {fault}";
            }
        }

        return ruled.Fault;
    }

    private static async Task<string?> FindLineFaultAsync(
        Git git, TreeChange change, TreeEntry ours, TreeEntry outcome, bool united, CancellationToken cancellation)
    {
        if (!ours.IsFile || !change.New.IsFile || !outcome.IsFile || (!change.Old.IsFile && !change.Old.IsAbsent))
        {
            return "both sides changed it, and it is not a file on both";
        }

        var before = Lines(await TreeChange.ContentAsync(git, change.Old, cancellation));
        var tip = Lines(await TreeChange.ContentAsync(git, ours, cancellation));
        var work = Lines(await TreeChange.ContentAsync(git, change.New, cancellation));
        var merged = Lines(await TreeChange.ContentAsync(git, outcome, cancellation));

        var allowed = Removed(before, work);
        var vanished = Removed(tip, merged);
        if (vanished.Any(line => line.Value > allowed.GetValueOrDefault(line.Key)))
        {
            // A moved line is removed and added: net nothing, yet the removal is the work's own.
            allowed = await RemovedByDiffAsync(git, change.Old, change.New, cancellation);
            if (vanished.FirstOrDefault(line => line.Value > allowed.GetValueOrDefault(line.Key)) is { Key: { } lost })
            {
                return $"a landed line would vanish: {lost.Trim()}";
            }
        }

        if (united && merged.Keys.FirstOrDefault(line => line.Length > 0 && !tip.ContainsKey(line) && !work.ContainsKey(line)) is { } invented)
        {
            return $"a line that neither side has: {invented.Trim()}";
        }

        return Removed(work, before).Keys.FirstOrDefault(line => !merged.ContainsKey(line)) is { } missing
            ? $"a line of the work is missing: {missing.Trim()}"
            : null;
    }

    private static Dictionary<string, int> Lines(byte[] content)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in Encoding.Latin1.GetString(content).Split('\n'))
        {
            lines[line] = lines.GetValueOrDefault(line) + 1;
        }

        return lines;
    }

    // Empty lines tell nothing, and the piece after the last line end looks like one.
    private static Dictionary<string, int> Removed(Dictionary<string, int> from, Dictionary<string, int> to) => from
        .Where(line => line.Key.Length > 0 && line.Value > to.GetValueOrDefault(line.Key))
        .ToDictionary(line => line.Key, line => line.Value - to.GetValueOrDefault(line.Key), StringComparer.Ordinal);

    private static async Task<Dictionary<string, int>> RemovedByDiffAsync(Git git, TreeEntry from, TreeEntry to, CancellationToken cancellation)
    {
        var removed = new Dictionary<string, int>(StringComparer.Ordinal);
        if (from.IsAbsent)
        {
            return removed;
        }

        var diff = await git.RunToEndAsync(["diff", "--no-ext-diff", "--no-textconv", "--text", "-U0", "--no-color", from.Oid, to.Oid], cancellation);
        var inHunks = false;
        foreach (var line in Encoding.Latin1.GetString(diff.Output).Split('\n'))
        {
            inHunks |= line.StartsWith("@@", StringComparison.Ordinal);
            if (inHunks && line.StartsWith('-'))
            {
                removed[line[1..]] = removed.GetValueOrDefault(line[1..]) + 1;
            }
        }

        return removed;
    }
}
