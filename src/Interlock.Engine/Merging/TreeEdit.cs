using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>Sets and removes entries of a tree without a checkout.</summary>
internal static class TreeEdit
{
    internal static readonly TreeEntry Absent = new("000000", new string('0', 40));

    /// <param name="tree">Object id of a tree or commit.</param>
    /// <param name="entries">The new entry of each path; an absent one removes it.</param>
    internal static async Task<string> ApplyAsync(
        Repository repository, string tree, IReadOnlyCollection<(string Path, TreeEntry Entry)> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0)
        {
            return await repository.TreeOfAsync(tree, cancellation);
        }

        var objects = (await repository.ViewAsync(cancellation)).On(null);
        using var index = new TemporaryIndex(repository);
        await objects.RunAsync(["read-tree", tree], cancellation, env: index.Environment);

        // Removals first: a file may come where a folder was.
        var zeros = new string('0', tree.Length);
        var lines = entries.OrderByDescending(edit => edit.Entry.IsAbsent)
            .Select(edit => edit.Entry.IsAbsent ? $"0 {zeros}\t{edit.Path}\0" : $"{edit.Entry.Mode} {edit.Entry.Oid}\t{edit.Path}\0");
        await objects.RunAsync(["update-index", "-z", "--index-info"], cancellation, GitName.Encode(string.Concat(lines)), index.Environment);
        return await objects.RunAsync(["write-tree"], cancellation, env: index.Environment);
    }

    /// <summary>The entry of a path in a tree; absent when it is not there.</summary>
    internal static async Task<TreeEntry> FindAsync(Git objects, string treeish, string path, CancellationToken cancellation)
    {
        // mode SP type SP oid TAB path
        var listed = await objects.RunToEndAsync(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", treeish, "--", $":(top,literal){path}"], cancellation);
        var record = listed.Records.FirstOrDefault(line => line.EndsWith('\t' + path, StringComparison.Ordinal));
        return record?.Split('\t')[0].Split(' ') is [var mode, _, var oid] ? new TreeEntry(mode, oid) : Absent;
    }

    /// <summary>All files of a tree.</summary>
    internal static async Task<IReadOnlyList<string>> PathsAsync(Git objects, string treeish, CancellationToken cancellation) =>
        (await objects.RunToEndAsync(["ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", treeish], cancellation)).Records;

    internal static async Task<TreeEntry> StoreAsync(Git objects, string mode, byte[] content, CancellationToken cancellation) =>
        new(mode, await objects.RunAsync(["hash-object", "-w", "--no-filters", "--stdin"], cancellation, content));
}
