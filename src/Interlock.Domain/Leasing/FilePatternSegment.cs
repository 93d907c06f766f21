namespace Interlock.Domain.Leasing;

/// <summary>What stands between two slashes of a pattern.</summary>
internal abstract record FilePatternSegment
{
    /// <summary><c>**</c>: zero or more segments.</summary>
    public sealed record AnyDepth : FilePatternSegment;

    /// <summary>One segment that any of the alternatives matches.</summary>
    public sealed record Choice(IReadOnlyList<IReadOnlyList<FilePatternPart>> Alternatives) : FilePatternSegment;

    public static FilePatternSegment Literal(string text) => new Choice([FilePatternPart.Literal(text)]);
}

/// <summary>A piece of one segment.</summary>
internal abstract record FilePatternPart
{
    public sealed record One(FilePatternSet Set) : FilePatternPart;

    public sealed record Star : FilePatternPart;

    public sealed record Either(IReadOnlyList<IReadOnlyList<FilePatternPart>> Alternatives) : FilePatternPart;

    public static IReadOnlyList<FilePatternPart> Literal(string text) =>
        [.. text.EnumerateRunes().Select(rune => new One(FilePatternSet.Of(rune.Value)))];
}
