using System.Text;

namespace Interlock.Domain.Leasing;

/// <summary>Reads one segment of a pattern: literals, <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a]</c>, <c>{a,b}</c>.</summary>
internal sealed class FilePatternReader
{
    public const int MaxAlternatives = 64;

    private readonly int[] _text;
    private readonly Counter _alternatives;
    private int _at;
    private bool _mayBeAName;
    private bool _isWild;

    private FilePatternReader(string segment, Counter alternatives)
    {
        _text = [.. segment.EnumerateRunes().Select(rune => rune.Value)];
        _alternatives = alternatives;
    }

    private sealed class Counter
    {
        public int Product { get; set; } = 1;
    }

    /// <summary>Splits a normalised pattern that contains wildcards.</summary>
    /// <exception cref="FormatException">The message says what is wrong, to follow the pattern's text.</exception>
    public static List<FilePatternSegment> Read(string text)
    {
        var isDirectory = text.EndsWith('/');
        var counter = new Counter();
        var segments = (isDirectory ? text[..^1] : text).Split('/').Select(segment => ReadSegment(segment, counter)).ToList();
        if (isDirectory)
        {
            segments.Add(new FilePatternSegment.AnyDepth());
        }

        return segments;
    }

    private static FilePatternSegment ReadSegment(string segment, Counter counter)
    {
        if (segment == "**")
        {
            return new FilePatternSegment.AnyDepth();
        }

        if (segment.Contains("**", StringComparison.Ordinal))
        {
            throw new FormatException("has '**' inside a segment; write it as a segment of its own, as in 'src/**/*.cs'");
        }

        var reader = new FilePatternReader(segment, counter);
        var parts = reader.Parts(inBraces: false);

        // Routers name files '[id].tsx' and templates '{{name}}': a plan that lists one means that file.
        var isAlsoAName = reader._mayBeAName && !reader._isWild;
        return new FilePatternSegment.Choice(isAlsoAName ? [parts, FilePatternPart.Literal(segment)] : [parts]);
    }

    private List<FilePatternPart> Parts(bool inBraces)
    {
        var parts = new List<FilePatternPart>();
        while (_at < _text.Length && !(inBraces && _text[_at] is ',' or '}'))
        {
            parts.Add(Part());
        }

        return parts;
    }

    private FilePatternPart Part()
    {
        var letter = _text[_at++];
        _isWild |= letter is '*' or '?';
        return letter switch
        {
            '*' => new FilePatternPart.Star(),
            '?' => new FilePatternPart.One(FilePatternSet.AllButSlash),
            '[' => Class(),
            '{' => Braces(),
            _ => new FilePatternPart.One(FilePatternSet.Of(letter)),
        };
    }

    private FilePatternPart.One Class()
    {
        _mayBeAName = true;
        var isNegated = _at < _text.Length && _text[_at] is '!' or '^';
        _at += isNegated ? 1 : 0;
        var ranges = new List<(int, int)>();
        for (var first = _at; _at < _text.Length; _at++)
        {
            var low = _text[_at];
            if (low == ']' && _at > first)
            {
                _at++;
                var set = FilePatternSet.Of(ranges);
                return new(isNegated ? set.Complement() : set);
            }

            var isRange = _at + 2 < _text.Length && _text[_at + 1] == '-' && _text[_at + 2] != ']';
            _at += isRange ? 2 : 0;
            if (_text[_at] < low)
            {
                throw new FormatException($"has the empty range '{new Rune(low)}-{new Rune(_text[_at])}'");
            }

            ranges.Add((low, _text[_at]));
        }

        throw new FormatException("has a '[' without its ']'");
    }

    private FilePatternPart.Either Braces()
    {
        var alternatives = new List<IReadOnlyList<FilePatternPart>>();
        do
        {
            alternatives.Add(Parts(inBraces: true));
            if (_at >= _text.Length)
            {
                throw new FormatException("has a '{' without its '}' in the same segment");
            }
        }
        while (_text[_at++] == ',');

        _mayBeAName |= alternatives.Count == 1;
        _isWild |= alternatives.Count > 1;
        _alternatives.Product *= alternatives.Count;
        return _alternatives.Product <= MaxAlternatives
            ? new(alternatives)
            : throw new FormatException($"has braces that combine to more than {MaxAlternatives} alternatives");
    }
}
