using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <param name="Tree">With conflict markers inside when not clean.</param>
/// <param name="Paths">The conflicted ones.</param>
/// <param name="Advice">What the author can do about it, when it is not the usual.</param>
internal sealed record TreeMergeResult(bool Clean, string Tree, IReadOnlyList<string> Paths, string Messages, string? Advice = null);

/// <summary>
/// Merges three trees without a checkout. git 2.39 finds the merge base itself, so the three become commits whose
/// only possible base is the one meant. A change never follows a file that the other side renamed or deleted: a lease
/// names a path, and work lands on that path or is a conflict.
/// </summary>
internal static class TreeMerge
{
    private const int Conflicted = 1;

    internal static async Task<TreeMergeResult> MergeAsync(
        Repository repository, string baseRev, string oursRev, string theirsRev, CancellationToken cancellation)
    {
        var (baseTree, oursTree, theirsTree) =
            (await repository.TreeOfAsync(baseRev, cancellation), await repository.TreeOfAsync(oursRev, cancellation), await repository.TreeOfAsync(theirsRev, cancellation));

        // Where only one side has moved there is nothing to merge.
        if (oursTree == baseTree || theirsTree == baseTree || oursTree == theirsTree)
        {
            return new TreeMergeResult(true, oursTree == baseTree ? theirsTree : oursTree, [], "");
        }

        var view = await repository.ViewAsync(cancellation);
        var objects = view.On(null);
        var root = await CommitWriter.WriteSyntheticAsync(objects, baseTree, null, cancellation);
        var ours = await CommitWriter.WriteSyntheticAsync(objects, oursTree, root, cancellation);
        var theirs = await CommitWriter.WriteSyntheticAsync(objects, theirsTree, root, cancellation);

        var attributes = Directory.CreateDirectory(repository.NewTemporaryPath("merge"));
        try
        {
            await WriteAttributesAsync(objects, oursRev, attributes.FullName, cancellation);
            string[] arguments = ["-c", "merge.conflictStyle=merge", "merge-tree", "--write-tree", "-z", "--name-only", "--messages", ours, theirs];
            var result = await view.On(attributes.FullName).TryRunAsync(arguments, cancellation);
            return result.ExitCode is 0 or Conflicted
                ? WithDeletions(Parse(result), await DeletedUnderChangeAsync(repository, root, ours, theirs, cancellation))
                : throw repository.Git.Failed(arguments, result);
        }
        finally
        {
            attributes.Delete(recursive: true);
        }
    }

    // git 2.39 follows renames here whatever it is told, and so merges a change into a path that nobody leased.
    private static async Task<List<string>> DeletedUnderChangeAsync(
        Repository repository, string root, string ours, string theirs, CancellationToken cancellation)
    {
        var left = (await TreeChange.ReadAsync(repository, root, ours, cancellation)).ToDictionary(c => c.Path, c => c.New.IsAbsent);
        var right = await TreeChange.ReadAsync(repository, root, theirs, cancellation);
        return [.. right.Where(c => left.TryGetValue(c.Path, out var deleted) && deleted != c.New.IsAbsent).Select(c => c.Path)];
    }

    private static TreeMergeResult WithDeletions(TreeMergeResult merge, List<string> paths) => paths.Except(merge.Paths).ToList() is { Count: > 0 } more
        ? new TreeMergeResult(false, merge.Tree, [.. merge.Paths, .. more],
            string.Join('\n', more.Select(p => $"CONFLICT (changed/deleted): {p} was changed on one side and deleted or renamed on the other.").Prepend(merge.Messages)).Trim())
        : merge;

    // "union" and "binary" must hold in the merge too; drivers that are commands have no configuration here and never run.
    private static async Task WriteAttributesAsync(Git objects, string rev, string folder, CancellationToken cancellation)
    {
        const string Name = ".gitattributes";
        var result = await objects.TryRunAsync(["cat-file", "blob", $"{rev}:{Name}"], cancellation);
        if (result.ExitCode == 0)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, Name), result.Output, cancellation);
        }
    }

    // tree NUL (path NUL)* [NUL (count NUL path… NUL type NUL text NUL)*]
    private static TreeMergeResult Parse(GitResult result)
    {
        var fields = result.Text.Split('\0');
        var paths = fields.Skip(1).TakeWhile(f => f.Length > 0).Distinct().ToList();
        var messages = new List<string>();
        var at = 1 + fields.Skip(1).TakeWhile(f => f.Length > 0).Count() + 1;
        while (at < fields.Length && int.TryParse(fields[at], out var count) && at + count + 2 < fields.Length)
        {
            messages.Add(fields[at + count + 2].TrimEnd('\n'));
            at += count + 3;
        }

        return new TreeMergeResult(result.ExitCode == 0, fields[0], paths, string.Join('\n', messages));
    }
}
