using System.Collections.Immutable;

namespace Interlock.Benchmarks;

/// <summary>One file of a tree.</summary>
/// <param name="Mode">As git writes it: <c>100644</c>, <c>100755</c>, <c>120000</c>.</param>
/// <param name="Oid">Id of its content.</param>
internal readonly record struct FileEntry(string Mode, string Oid)
{
    public const string Plain = "100644";
    public const string Program = "100755";
    public const string Link = "120000";
}

/// <summary>All files of a commit by path, without the folders around them.</summary>
internal sealed record FileTree(ImmutableSortedDictionary<string, FileEntry> Files)
{
    public static FileTree Empty { get; } = new(ImmutableSortedDictionary.Create<string, FileEntry>(StringComparer.Ordinal));

    public FileEntry? this[string path] => Files.TryGetValue(path, out var entry) ? entry : null;

    public FileTree With(string path, FileEntry? entry) =>
        new(entry is { } file ? Files.SetItem(path, file) : Files.Remove(path));

    public IEnumerable<string> PathsThatDifferFrom(FileTree other) =>
        Files.Keys.Union(other.Files.Keys, StringComparer.Ordinal).Where(path => this[path] != other[path]).Order(StringComparer.Ordinal);

    public bool Equals(FileTree? other) => other is not null && !PathsThatDifferFrom(other).Any();

    public override int GetHashCode() => Files.Count;
}
