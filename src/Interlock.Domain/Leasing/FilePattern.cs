using System.Diagnostics.CodeAnalysis;

namespace Interlock.Domain.Leasing;

/// <summary>
/// The files a task may touch, as one repo-relative path or pattern with <c>/</c>: an exact path, a directory
/// (<c>dir/</c>, the same as <c>dir/**</c>) or a glob with <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a]</c>, <c>{a,b}</c> inside
/// a segment and <c>**</c> as a segment of its own for zero or more segments. Equal when the text is equal.
/// A segment such as <c>[id].tsx</c>, whose only wildcard is a class, matches its own spelling too.
/// </summary>
public sealed class FilePattern : IEquatable<FilePattern>
{
    private readonly string[] _literalLead;
    private readonly FilePatternAutomaton?[] _automata = new FilePatternAutomaton?[4];
    private readonly List<FilePatternSegment>? _segments;

    private FilePattern(string text, bool isExact)
    {
        Text = text;
        IsExact = isExact;
        _segments = isExact ? null : FilePatternReader.Read(text);
        _literalLead = isExact ? text.Split('/') : [.. text.Split('/').TakeWhile(segment => !IsWild(segment))];
    }

    /// <summary>The normalised spelling; parsing it gives an equal pattern.</summary>
    public string Text { get; }

    /// <summary>Names one path and nothing else.</summary>
    public bool IsExact { get; }

    /// <exception cref="FormatException">The message repeats the text and says what is wrong with it.</exception>
    public static FilePattern Parse(string text) =>
        TryParse(text, out var pattern, out var problem) ? pattern : throw new FormatException(problem);

    /// <param name="problem">A sentence that repeats the text and says why it is refused.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out FilePattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        pattern = null;
        if (FilePatternText.TryNormalise(text, out var normal, out problem))
        {
            normal = normal.EndsWith('/') ? normal + "**" : normal;
            try
            {
                pattern = normal.Length <= FilePatternText.MaxLength
                    ? new FilePattern(normal, !IsWild(normal))
                    : throw new FormatException($"longer than {FilePatternText.MaxLength} characters");
                return true;
            }
            catch (FormatException refusal)
            {
                problem = refusal.Message;
            }
        }

        problem = $"file pattern '{Shown(text)}' {problem}";
        return false;
    }

    /// <summary>True when the path, in any spelling that names a file of the repository, is one this pattern describes.</summary>
    /// <param name="ignoreCase">The repository's <c>core.ignorecase</c>.</param>
    public bool Matches(string path, bool ignoreCase = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FilePatternText.TryNormalise(path, out var normal, out _) && !normal.EndsWith('/')
            && Automaton(below: false, ignoreCase).Accepts(normal, ignoreCase);
    }

    /// <summary>
    /// True exactly when some path is described by both. An exact path also overlaps everything below it, because a file
    /// and a directory of one name cannot stand side by side.
    /// </summary>
    /// <param name="ignoreCase">The repository's <c>core.ignorecase</c>.</param>
    public bool Overlaps(FilePattern other, bool ignoreCase = false)
    {
        ArgumentNullException.ThrowIfNull(other);

        // Of two exact paths that do not part, one is the other or lies below it.
        return !LeadsElsewhere(other, ignoreCase)
            && ((IsExact && other.IsExact) || Automaton(IsExact, ignoreCase).Meets(other.Automaton(other.IsExact, ignoreCase)));
    }

    /// <summary>The directories, or the one path, that everything it describes begins with.</summary>
    internal string Anchor(bool ignoreCase)
    {
        var anchor = IsExact ? Text : string.Join('/', _literalLead);
        return ignoreCase ? string.Concat(anchor.EnumerateRunes().Select(rune => char.ConvertFromUtf32(FilePatternText.Fold(rune.Value)))) : anchor;
    }

    public bool Equals(FilePattern? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as FilePattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static bool IsWild(string text) => text.AsSpan().ContainsAny("*?[{");

    private static string Shown(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return line.Length <= 80 ? line : line[..80] + "…";
    }

    /// <summary>Most pairs part ways in a leading directory; the automata need not be built for them.</summary>
    private bool LeadsElsewhere(FilePattern other, bool ignoreCase)
    {
        for (var i = 0; i < Math.Min(_literalLead.Length, other._literalLead.Length); i++)
        {
            if (!SameName(_literalLead[i], other._literalLead[i], ignoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SameName(string left, string right, bool ignoreCase) => ignoreCase
        ? left.EnumerateRunes().Select(rune => FilePatternText.Fold(rune.Value))
            .SequenceEqual(right.EnumerateRunes().Select(rune => FilePatternText.Fold(rune.Value)))
        : left == right;

    private FilePatternAutomaton Automaton(bool below, bool ignoreCase) =>
        _automata[(below ? 2 : 0) + (ignoreCase ? 1 : 0)] ??= FilePatternAutomaton.Of(_segments ?? [.. _literalLead.Select(FilePatternSegment.Literal)], below, ignoreCase);
}
