using Interlock.Domain.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// What merge rules excuse from the ordinary construction check, found from the trees alone. A renumbered file: the same
/// content under a name that differs in its number only, a number the tip does not use. A file made anew: a plain file
/// under a rule that names it, of which the work touched a file.
/// </summary>
/// <param name="Fault">A renumbering that is none; null when there is nothing wrong.</param>
internal sealed record RuledPaths(IReadOnlySet<MergeRule> Made, IReadOnlyDictionary<string, string> Moves, MergeRules Rules, string? Fault)
{
    internal bool Allows(TreeChange change) => Moves.Values.Contains(change.Path) || IsMade(change.Path, change.New);

    internal bool Settles(string path) => Moves.ContainsKey(path) || (Rules.For(path) is { } rule && Made.Contains(rule));

    internal static async Task<RuledPaths> ReadAsync(
        Git git, string tip, Dictionary<string, TreeChange> own, Dictionary<string, TreeChange> result, MergeRules rules, CancellationToken cancellation)
    {
        if (rules.All.Count == 0)
        {
            return new RuledPaths(new HashSet<MergeRule>(), new Dictionary<string, string>(), rules, null);
        }

        var made = own.Values.Where(change => !change.New.IsAbsent).Select(change => rules.For(change.Path))
            .OfType<MergeRule>().Where(rule => rule.Kind == MergeRuleKind.Regenerate).ToHashSet();
        var moves = new Dictionary<string, string>(StringComparer.Ordinal);
        var arrivals = result.Values.Where(change => change.Old.IsAbsent && change.New.IsFile && own.GetValueOrDefault(change.Path)?.New != change.New).ToList();
        foreach (var change in own.Values.Where(change => change.Old.IsAbsent && change.New.IsFile && result.GetValueOrDefault(change.Path)?.New != change.New))
        {
            if (rules.Is(change.Path, MergeRuleKind.Renumber) && NumberedName.TryParse(change.Path) is { } name
                && arrivals.Find(other => other.New == change.New && NumberedName.TryParse(other.Path)?.DiffersInNumberOnly(name) == true) is { } arrival)
            {
                moves[change.Path] = arrival.Path;
                arrivals.Remove(arrival);
            }
        }

        var used = moves.Count == 0 ? [] : (await TreeEdit.PathsAsync(git, tip, cancellation)).Select(NumberedName.TryParse).OfType<NumberedName>().ToList();
        var clash = moves.Values.FirstOrDefault(path => NumberedName.TryParse(path)! is var moved && used.Exists(other => other.SameSequence(moved) && other.Number == moved.Number));
        var wrong = result.Values.FirstOrDefault(change => rules.For(change.Path) is { } rule && made.Contains(rule) && !change.New.IsAbsent && !change.New.IsFile);
        return new RuledPaths(
            made, moves, rules,
            clash is not null ? $"{clash}: its new number is used already" : wrong is not null ? $"{wrong.Path}: what was made anew is not a plain file" : null);
    }

    private bool IsMade(string path, TreeEntry entry) =>
        Rules.For(path) is { } rule && Made.Contains(rule) && (entry.IsAbsent || entry.IsFile);
}
