using Interlock.Engine.Worktrees;

namespace Interlock.Engine.Merging;

/// <summary>Writes the reverse of one commit, except for the plans, whose marks are the queue's to change.</summary>
internal static class ReverseCommit
{
    internal static async Task<string> WriteAsync(
        Repository repository, string commit, string parent, IReadOnlyList<string> except, string message, CancellationToken cancellation)
    {
        var objects = (await repository.ViewAsync(cancellation)).On(null);
        using var index = new TemporaryIndex(repository);
        await objects.RunAsync(["read-tree", parent], cancellation, env: index.Environment);
        foreach (var path in except)
        {
            var listed = await objects.RunToEndAsync(["ls-tree", "-z", "--full-tree", commit, "--", path], cancellation);
            if (listed.Records.FirstOrDefault(record => record.EndsWith('\t' + path, StringComparison.Ordinal)) is { } entry)
            {
                // mode SP type SP oid TAB path
                var fields = entry[..entry.IndexOf('\t', StringComparison.Ordinal)].Split(' ');
                await objects.RunAsync(["update-index", "-z", "--index-info"], cancellation, GitName.Encode($"{fields[0]} {fields[2]}\t{path}\0"), index.Environment);
            }
        }

        var tree = await objects.RunAsync(["write-tree"], cancellation, env: index.Environment);
        return await CommitWriter.WriteAsync(objects, tree, [commit], message, CommitWriter.CommitterName, CommitWriter.CommitterEmail, cancellation);
    }
}
