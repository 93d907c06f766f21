using System.Text;
using Interlock.Domain.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>
/// Work before it is merged, with the parts taken out or renamed that a rule decides: files to be made anew are as in the
/// base, so the merge keeps the tip's; files whose number was used meanwhile have the next free one.
/// </summary>
/// <param name="Regenerate">Rules whose command has to run on the merged tree, each with the paths of the work it is needed for.</param>
/// <param name="Notes">What was done by rule, for the commit.</param>
/// <param name="Conflict">What the rules cannot decide; null when there is nothing.</param>
internal sealed record PreparedWork(
    string Tree, IReadOnlyList<(MergeRule Rule, IReadOnlyList<string> Paths)> Regenerate, IReadOnlyList<string> Notes, TreeMergeResult? Conflict)
{
    internal static async Task<PreparedWork> PrepareAsync(
        Repository repository, string tip, string baseCommit, string work, MergeRules rules, CancellationToken cancellation)
    {
        if (rules.All.Count == 0)
        {
            return new PreparedWork(work, [], [], null);
        }

        var changes = await TreeChange.ReadAsync(repository, baseCommit, work, cancellation);
        var (edits, notes) = (new List<(string, TreeEntry)>(), new List<string>());
        var made = changes.Where(change => !change.New.IsAbsent && rules.Is(change.Path, MergeRuleKind.Regenerate)).ToList();
        edits.AddRange(made.Select(change => (change.Path, change.Old)));

        var moves = await FindMovesAsync(repository, tip, baseCommit, changes, rules, cancellation);
        foreach (var (from, to) in moves)
        {
            var change = changes.First(change => change.Path == from);
            if (await MentionAsync(repository, NumberedName.TryParse(from)!.Mention, changes.Where(other => other.Path != from), cancellation) is { } place)
            {
                return new PreparedWork(work, [], [], new TreeMergeResult(
                    false, work, [from, place], $"The number of {from} was used on the branch meanwhile, and {place} mentions the name, so it cannot be renamed by rule.",
                    $"Name the file {to}, or take a later number if that one is used too, and change the mention in {place}. Leave the files of others alone."));
            }

            edits.Add((from, change.Old));
            edits.Add((to, change.New));
            notes.Add($"renumber {from} to {to}");
        }

        var tree = edits.Count == 0 ? work : await TreeEdit.ApplyAsync(repository, work, edits, cancellation);
        var regenerate = made.GroupBy(change => rules.For(change.Path)!).Select(group => (group.Key, (IReadOnlyList<string>)[.. group.Select(change => change.Path)]));
        return new PreparedWork(tree, [.. regenerate], notes, null);
    }

    private static async Task<IReadOnlyDictionary<string, string>> FindMovesAsync(
        Repository repository, string tip, string baseCommit, IReadOnlyList<TreeChange> changes, MergeRules rules, CancellationToken cancellation)
    {
        var added = changes.Where(change => change.Old.IsAbsent && change.New.IsFile && rules.Is(change.Path, MergeRuleKind.Renumber)).ToList();
        if (added.Count == 0)
        {
            return new Dictionary<string, string>();
        }

        var git = (await repository.ViewAsync(cancellation)).On(null);
        var taken = Numbered(await TreeEdit.PathsAsync(git, tip, cancellation), rules);
        var since = (await TreeChange.ReadAsync(repository, baseCommit, tip, cancellation))
            .Where(change => change.Old.IsAbsent).ToDictionary(change => change.Path, change => change.New);
        var landed = Numbered(since.Keys, rules);
        var ours = added.Where(change => !since.TryGetValue(change.Path, out var entry) || entry != change.New)
            .Select(change => NumberedName.TryParse(change.Path)).OfType<NumberedName>().ToList();
        return Renumbering.Plan(taken, ours, name => landed.Any(other => other.SameSequence(name) && other.Number == name.Number));
    }

    private static List<NumberedName> Numbered(IEnumerable<string> paths, MergeRules rules) =>
        [.. paths.Select(NumberedName.TryParse).OfType<NumberedName>().Where(name => rules.Is(name.Path, MergeRuleKind.Renumber))];

    private static async Task<string?> MentionAsync(Repository repository, string name, IEnumerable<TreeChange> others, CancellationToken cancellation)
    {
        var git = (await repository.ViewAsync(cancellation)).On(null);
        var bytes = Encoding.UTF8.GetBytes(name);
        foreach (var other in others.Where(other => other.New.IsFile))
        {
            if ((await TreeChange.ContentAsync(git, other.New, cancellation)).AsSpan().IndexOf(bytes) >= 0)
            {
                return other.Path;
            }
        }

        return null;
    }
}
