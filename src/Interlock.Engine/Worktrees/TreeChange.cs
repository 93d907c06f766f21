namespace Interlock.Engine.Worktrees;

/// <summary>One side of a path in a tree: what kind of entry, and which content. Absent: all zeros.</summary>
internal readonly record struct TreeEntry(string Mode, string Oid)
{
    internal bool IsAbsent => Mode == "000000";
    internal bool IsFile => Mode is "100644" or "100755";
    internal bool IsLink => Mode == "120000";
    internal bool IsRepository => Mode == "160000";
}

internal sealed record TreeChange(string Path, TreeEntry Old, TreeEntry New)
{
    internal static async Task<IReadOnlyList<TreeChange>> ReadAsync(Repository repository, string from, string to, CancellationToken cancellation)
    {
        if (from == to)
        {
            return [];
        }

        var git = (await repository.ViewAsync(cancellation)).On(null);
        return Parse((await git.RunToEndAsync(["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--end-of-options", from, to], cancellation)).Records);
    }

    /// <exception cref="InvalidDataException">The records are not what git promises; nothing of them may be believed.</exception>
    internal static IReadOnlyList<TreeChange> Parse(IReadOnlyList<string> records)
    {
        var changes = new List<TreeChange>(records.Count / 2);
        for (var i = 0; i < records.Count; i += 2)
        {
            if (i + 1 == records.Count || records[i].TrimStart(':').Split(' ') is not [var oldMode, var newMode, var oldOid, var newOid, _])
            {
                throw new InvalidDataException($"git diff-tree answered '{records[i]}', which is no change of a path");
            }

            changes.Add(new TreeChange(records[i + 1], new(oldMode, oldOid), new(newMode, newOid)));
        }

        return changes;
    }

    internal static async Task<byte[]> ContentAsync(Git git, TreeEntry entry, CancellationToken cancellation) =>
        entry.IsAbsent ? [] : (await git.RunToEndAsync(["cat-file", "blob", entry.Oid], cancellation)).Output;

    /// <summary>As git judges it: a NUL byte in the first 8,000.</summary>
    internal static bool IsText(ReadOnlySpan<byte> content) => !content[..Math.Min(content.Length, 8000)].Contains((byte)0);
}
