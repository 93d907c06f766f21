using System.Diagnostics.CodeAnalysis;

namespace Interlock.Domain.Leasing;

/// <summary>
/// The files a lease covers, in the order given and without repeats. The empty set means the files are unknown, not that
/// there are none: it overlaps and covers nothing here, and who leases must treat <see cref="IsUnknown"/> as the whole module.
/// </summary>
public sealed class FileSet : IEquatable<FileSet>
{
    private FileSet(IEnumerable<FilePattern> patterns) => Patterns = Array.AsReadOnly(patterns.Distinct().ToArray());

    public static FileSet Empty { get; } = new([]);

    public IReadOnlyList<FilePattern> Patterns { get; }

    public bool IsUnknown => Patterns.Count == 0;

    public static FileSet Of(IEnumerable<FilePattern> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return new(patterns);
    }

    /// <summary>Reads every text before it answers, so that all problems show at once.</summary>
    public static bool TryParse(
        IEnumerable<string> texts, [NotNullWhen(true)] out FileSet? set, out IReadOnlyList<string> problems)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var (patterns, refusals) = (new List<FilePattern>(), new List<string>());
        foreach (var text in texts)
        {
            if (FilePattern.TryParse(text, out var pattern, out var problem))
            {
                patterns.Add(pattern);
            }
            else
            {
                refusals.Add(problem);
            }
        }

        problems = refusals;
        set = refusals.Count == 0 ? new(patterns) : null;
        return set is not null;
    }

    /// <exception cref="FormatException">The first text that is not a pattern.</exception>
    public static FileSet Parse(params IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new(texts.Select(FilePattern.Parse));
    }

    public bool Overlaps(FileSet other, bool ignoreCase = false) => FirstConflict(other, ignoreCase) is not null;

    /// <summary>The first pair of patterns, in this set's order, that share a path; null when there is none.</summary>
    public FileConflict? FirstConflict(FileSet other, bool ignoreCase = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var ours in Patterns)
        {
            if (other.Patterns.FirstOrDefault(theirs => ours.Overlaps(theirs, ignoreCase)) is { } theirs)
            {
                return new(ours, theirs);
            }
        }

        return null;
    }

    public bool Covers(string path, bool ignoreCase = false) => Patterns.Any(pattern => pattern.Matches(path, ignoreCase));

    /// <summary>
    /// Without the patterns of which <paramref name="other"/> is known to cover every path: exact paths it covers, and
    /// patterns it holds itself. A glob that is covered in another way stays.
    /// </summary>
    public FileSet Without(FileSet other, bool ignoreCase = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.IsUnknown ? this
            : new(Patterns.Where(pattern => !other.Patterns.Contains(pattern) && !(pattern.IsExact && other.Covers(pattern.Text, ignoreCase))));
    }

    public FileSet Union(FileSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Patterns.Concat(other.Patterns));
    }

    /// <summary>Order does not count.</summary>
    public bool Equals(FileSet? other) =>
        other is not null && Patterns.Count == other.Patterns.Count && Patterns.All(other.Patterns.Contains);

    public override bool Equals(object? obj) => Equals(obj as FileSet);

    public override int GetHashCode() => Patterns.Aggregate(0, (hash, pattern) => hash ^ pattern.GetHashCode());

    public override string ToString() => IsUnknown ? "unknown" : string.Join(", ", Patterns);
}

/// <summary>Two patterns that share a path.</summary>
public sealed record FileConflict(FilePattern Ours, FilePattern Theirs);
