using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <param name="Apply">From the file's content in the merged tree to the new one; null leaves it. Not called for a file that is not there.</param>
public sealed record FileEdit(string Path, Func<byte[], byte[]?> Apply);

public abstract record Candidate
{
    private Candidate()
    {
    }

    /// <param name="ChangedPaths">Against the tip; empty when the tip has the work already.</param>
    public sealed record Clean(string Commit, string Tree, IReadOnlyList<string> ChangedPaths) : Candidate;

    /// <param name="Text">For the author: what conflicts with whose work, both sides' diffs, and what to do.</param>
    /// <param name="LandedTasks">Ids of the tasks whose landed work is in the way, in the order they landed.</param>
    public sealed record Conflicted(IReadOnlyList<string> Paths, string Text, IReadOnlyList<string> LandedTasks) : Candidate;

    /// <summary>git merged, and the result is not the two changes put together. The queue must stop.</summary>
    public sealed record Broken(string Reason) : Candidate;
}

/// <summary>Builds the exact commit that would land: the tip plus one task's work, with the tip as only parent.</summary>
public static class CandidateBuilder
{
    /// <param name="tip">Object ids of commits, as are <paramref name="baseCommit"/> and <paramref name="workCommit"/>.</param>
    /// <param name="rules">Settle conflicts that need no judgement. What they did is noted in the commit as <c>Merge-Rule</c> trailers.</param>
    public static async Task<Candidate> BuildAsync(
        Repository r, string tip, string baseCommit, string workCommit, string message, string authorName, string authorEmail,
        IReadOnlyList<FileEdit> extra, MergeRules rules, CancellationToken cancellation)
    {
        var (merge, notes) = await CombineAsync(r, tip, baseCommit, workCommit, rules, cancellation);
        if (!merge.Clean)
        {
            return await ConflictText.DescribeAsync(r, tip, baseCommit, workCommit, merge, cancellation);
        }

        if (await ConstructionCheck.FindFaultAsync(r, tip, baseCommit, workCommit, merge.Tree, rules, cancellation) is { } fault)
        {
            return new Candidate.Broken(fault);
        }

        var tree = await EditAsync(r, merge.Tree, extra, cancellation);
        var stray = (await TreeChange.ReadAsync(r, merge.Tree, tree, cancellation)).FirstOrDefault(c => extra.All(e => e.Path != c.Path));
        if (stray is not null)
        {
            return new Candidate.Broken($"{stray.Path}: changed by an edit of another file");
        }

        var objects = (await r.ViewAsync(cancellation)).On(null);
        var commit = await CommitWriter.WriteAsync(objects, tree, [tip], WithNotes(message, notes), authorName, authorEmail, cancellation);
        var changed = await TreeChange.ReadAsync(r, tip, tree, cancellation);
        return new Candidate.Clean(commit, tree, [.. changed.Select(c => c.Path)]);
    }

    private static async Task<(TreeMergeResult Merge, IReadOnlyList<string> Notes)> CombineAsync(
        Repository repository, string tip, string baseCommit, string work, MergeRules rules, CancellationToken cancellation)
    {
        var prepared = await PreparedWork.PrepareAsync(repository, tip, baseCommit, work, rules, cancellation);
        if (prepared.Conflict is { } conflict)
        {
            return (conflict, []);
        }

        var notes = prepared.Notes.ToList();
        var merge = await TreeMerge.MergeAsync(repository, baseCommit, tip, prepared.Tree, cancellation);
        if (!merge.Clean)
        {
            (merge, var united) = await UnionMerge.ResolveAsync(repository, merge, baseCommit, tip, prepared.Tree, rules, cancellation);
            notes.AddRange(united);
        }

        foreach (var (rule, paths) in merge.Clean ? prepared.Regenerate : [])
        {
            merge = await RegenerateAsync(repository, merge, tip, rule, paths, rules, cancellation);
            notes.Add($"regenerate {string.Join(", ", paths)}");
            if (!merge.Clean)
            {
                break;
            }
        }

        return (merge, notes);
    }

    // Of what the command did, only the rule's own paths count.
    private static async Task<TreeMergeResult> RegenerateAsync(
        Repository repository, TreeMergeResult merge, string tip, MergeRule rule, IReadOnlyList<string> paths, MergeRules rules, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        var commit = await CommitWriter.WriteSyntheticAsync(objects, merge.Tree, tip, cancellation);
        var made = await rules.Regenerator.RunAsync(commit, rule, cancellation);
        if (made.Tree is not { } tree)
        {
            return new TreeMergeResult(
                false, merge.Tree, paths, $"{made.Reason}\n{made.Log}".Trim(),
                $"The files {string.Join(", ", paths)} are made anew by '{rule.Command!.Name}' when work lands, so what you leave in them does not count. The command ran on your other changes together with what landed, and failed there: look at its output above, and repair what your own change to its input has to do with it.");
        }

        var changes = (await TreeChange.ReadAsync(repository, merge.Tree, tree, cancellation)).Where(change => rules.For(change.Path) == rule).ToList();
        return await ContentGate.FindAsync(repository, changes, cancellation) is { } reason
            ? new TreeMergeResult(false, merge.Tree, paths, $"What '{rule.Command!.Name}' made cannot land: {reason}")
            : merge with { Tree = await TreeEdit.ApplyAsync(repository, merge.Tree, [.. changes.Select(change => (change.Path, change.New))], cancellation) };
    }

    private static async Task<string> EditAsync(Repository repository, string tree, IReadOnlyList<FileEdit> edits, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        var entries = new List<(string, TreeEntry)>();
        foreach (var edit in edits)
        {
            if (await TreeEdit.FindAsync(objects, tree, edit.Path, cancellation) is { IsAbsent: false } entry
                && edit.Apply(await TreeChange.ContentAsync(objects, entry, cancellation)) is { } edited)
            {
                entries.Add((edit.Path, await TreeEdit.StoreAsync(objects, entry.Mode, edited, cancellation)));
            }
        }

        return entries.Count == 0 ? tree : await TreeEdit.ApplyAsync(repository, tree, entries, cancellation);
    }

    // Trailers are the last paragraph; a message that ends otherwise gets one.
    private static string WithNotes(string message, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
        {
            return message;
        }

        var text = message.TrimEnd();
        var last = text[(text.LastIndexOf('\n') + 1)..];
        var gap = text.Contains('\n', StringComparison.Ordinal) && last.Contains(": ", StringComparison.Ordinal) ? "\n" : "\n\n";
        var lines = notes.Select(note => $"Merge-Rule: {string.Concat(note.Select(letter => char.IsControl(letter) ? '?' : letter))}\n");
        return text + gap + string.Concat(lines);
    }
}
