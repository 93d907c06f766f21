using System.Text;
using Interlock.Domain.Merging;
using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>Settles conflicts in files of which both sides' additions are wanted. All that remains stays a conflict.</summary>
internal static class UnionMerge
{
    internal static async Task<(TreeMergeResult Merge, IReadOnlyList<string> Notes)> ResolveAsync(
        Repository repository, TreeMergeResult merge, string baseTree, string tip, string work, MergeRules rules, CancellationToken cancellation)
    {
        var git = (await repository.ViewAsync(cancellation)).On(null);
        var resolved = new List<(string Path, TreeEntry Entry)>();
        foreach (var path in merge.Paths.Where(path => rules.Is(path, MergeRuleKind.Union)))
        {
            var before = await TreeEdit.FindAsync(git, baseTree, path, cancellation);
            var ours = await TreeEdit.FindAsync(git, tip, path, cancellation);
            var theirs = await TreeEdit.FindAsync(git, work, path, cancellation);
            if (ModeOf(before, ours, theirs) is { } mode && await UniteAsync(repository, git, before, ours, theirs, cancellation) is { } united)
            {
                resolved.Add((path, await TreeEdit.StoreAsync(git, mode, united, cancellation)));
            }
        }

        if (resolved.Count == 0)
        {
            return (merge, []);
        }

        List<string> left = [.. merge.Paths.Except(resolved.Select(edit => edit.Path))];
        var tree = await TreeEdit.ApplyAsync(repository, merge.Tree, resolved, cancellation);
        return (new TreeMergeResult(left.Count == 0, tree, left, merge.Messages), [.. resolved.Select(edit => $"union {edit.Path}")]);
    }

    // Null when one side deleted the file, made it something else, or both changed the mode differently.
    private static string? ModeOf(TreeEntry before, TreeEntry ours, TreeEntry theirs) =>
        !ours.IsFile || !theirs.IsFile || !(before.IsFile || before.IsAbsent) ? null
        : ours.Mode == theirs.Mode || theirs.Mode == before.Mode ? ours.Mode
        : ours.Mode == before.Mode ? theirs.Mode
        : null;

    private static async Task<byte[]?> UniteAsync(
        Repository repository, Git git, TreeEntry before, TreeEntry ours, TreeEntry theirs, CancellationToken cancellation)
    {
        var contents = new List<byte[]>();
        foreach (var entry in (TreeEntry[])[ours, before, theirs])
        {
            contents.Add(await TreeChange.ContentAsync(git, entry, cancellation));
        }

        if (!contents.TrueForAll(content => TreeChange.IsText(content)))
        {
            return null;
        }

        var folder = Directory.CreateDirectory(repository.NewTemporaryPath("union"));
        try
        {
            List<string> files = [.. ((string[])["ours", "base", "theirs"]).Select(name => Path.Combine(folder.FullName, name))];
            for (var i = 0; i < files.Count; i++)
            {
                await File.WriteAllBytesAsync(files[i], contents[i], cancellation);
            }

            var merged = await git.TryRunAsync(["merge-file", "-p", "-q", "--union", .. files], cancellation);
            return merged.ExitCode == 0 && LineUnion.FirstFault(Text(contents[1]), Text(contents[0]), Text(contents[2]), Text(merged.Output)) is null
                ? merged.Output
                : null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Text(byte[] content) => Encoding.Latin1.GetString(content);
}
