using System.Text;
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

    /// <param name="Text">For the author: what conflicts, and both sides' diffs.</param>
    public sealed record Conflicted(IReadOnlyList<string> Paths, string Text) : Candidate;

    /// <summary>git merged, and the result is not the two changes put together. The queue must stop.</summary>
    public sealed record Broken(string Reason) : Candidate;
}

/// <summary>Builds the exact commit that would land: the tip plus one task's work, with the tip as only parent.</summary>
public static class CandidateBuilder
{
    private const int LongestDiff = 16 * 1024;

    public static async Task<Candidate> BuildAsync(
        Repository r, string tip, string baseCommit, string workCommit, string message, string authorName, string authorEmail,
        IReadOnlyList<FileEdit> extra, CancellationToken cancellation)
    {
        var merge = await TreeMerge.MergeAsync(r, baseCommit, tip, workCommit, cancellation);
        if (!merge.Clean)
        {
            return new Candidate.Conflicted(merge.Paths, await DescribeAsync(r, merge, tip, baseCommit, workCommit, cancellation));
        }

        if (await ConstructionCheck.FindFaultAsync(r, tip, baseCommit, workCommit, merge.Tree, cancellation) is { } fault)
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
        var commit = await CommitWriter.WriteAsync(objects, tree, [tip], message, authorName, authorEmail, cancellation);
        var changed = await TreeChange.ReadAsync(r, tip, tree, cancellation);
        return new Candidate.Clean(commit, tree, [.. changed.Select(c => c.Path)]);
    }

    private static async Task<string> EditAsync(Repository repository, string tree, IReadOnlyList<FileEdit> edits, CancellationToken cancellation)
    {
        if (edits.Count == 0)
        {
            return tree;
        }

        var objects = (await repository.ViewAsync(cancellation)).On(null);
        using var index = new TemporaryIndex(repository);
        await objects.RunAsync(["read-tree", tree], cancellation, env: index.Environment);
        foreach (var edit in edits)
        {
            var listed = await objects.RunToEndAsync(["ls-files", "--stage", "-z", "--", $":(top,literal){edit.Path}"], cancellation, env: index.Environment);
            if (listed.Records.FirstOrDefault(record => record.EndsWith('\t' + edit.Path, StringComparison.Ordinal)) is not { } entry)
            {
                continue;
            }

            var mode = entry[..entry.IndexOf(' ', StringComparison.Ordinal)];
            var blob = entry.Split(' ')[1];
            var content = (await objects.RunToEndAsync(["cat-file", "blob", blob], cancellation)).Output;
            if (edit.Apply(content) is { } edited)
            {
                var oid = await objects.RunAsync(["hash-object", "-w", "--no-filters", "--stdin"], cancellation, edited);
                var line = Encoding.UTF8.GetBytes($"{mode} {oid}\t{edit.Path}\0");
                await objects.RunAsync(["update-index", "-z", "--index-info"], cancellation, line, index.Environment);
            }
        }

        return await objects.RunAsync(["write-tree"], cancellation, env: index.Environment);
    }

    private static async Task<string> DescribeAsync(
        Repository repository, TreeMergeResult merge, string tip, string baseCommit, string work, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        var text = new StringBuilder(merge.Messages).Append('\n');
        foreach (var path in merge.Paths)
        {
            text.Append("\nLanded since your base, ").Append(path).Append(":\n").Append(await DiffAsync(objects, baseCommit, tip, path, cancellation));
            text.Append("\nYour change, ").Append(path).Append(":\n").Append(await DiffAsync(objects, baseCommit, work, path, cancellation));
        }

        return text.ToString();
    }

    private static async Task<string> DiffAsync(Git objects, string from, string to, string path, CancellationToken cancellation)
    {
        string[] arguments = ["diff-tree", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", from, to, "--", $":(top,literal){path}"];
        var diff = (await objects.RunToEndAsync(arguments, cancellation)).Text;
        return diff.Length <= LongestDiff ? diff : diff[..LongestDiff] + "\n[shortened]\n";
    }
}
