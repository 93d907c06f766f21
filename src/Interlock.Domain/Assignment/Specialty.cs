using System.Globalization;

namespace Interlock.Domain.Assignment;

/// <summary>A keyword or phrase with its weight.</summary>
internal sealed record Specialty(string Text, int Weight)
{
    private readonly string[] _words = Wording.Of(Text).Whole;

    /// <summary>Reads <c>endpoint^4</c>; anything that is not a weight from 1 to 1000 stays part of the text.</summary>
    public static Specialty Read(string text)
    {
        var caret = text.LastIndexOf('^');
        return caret > 0 && int.TryParse(text.AsSpan(caret + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
            && weight is >= 1 and <= 1000
            ? new Specialty(text[..caret], weight)
            : new Specialty(text, 1);
    }

    public bool StandsIn(Wording wording) => StandsIn(wording.Whole) || StandsIn(wording.Pieces);

    private bool StandsIn(string[] words)
    {
        for (var start = 0; _words.Length > 0 && start + _words.Length <= words.Length; start++)
        {
            var last = _words.Length - 1;
            if (words.AsSpan(start, last).SequenceEqual(_words.AsSpan(0, last)) && IsForm(words[start + last], _words[last]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsForm(string word, string stem) =>
        word.StartsWith(stem, StringComparison.Ordinal) && word[stem.Length..] is "" or "s" or "es" or "d" or "ed" or "ing"
        || (stem.EndsWith('e') && word.Length == stem.Length + 2 && word.EndsWith("ing", StringComparison.Ordinal)
            && word.StartsWith(stem[..^1], StringComparison.Ordinal));
}

/// <summary>The lower-case words of a text, and the same with names such as <c>tokenService</c> taken apart.</summary>
internal sealed record Wording(string[] Whole, string[] Pieces)
{
    public static Wording Of(string? text)
    {
        var (whole, pieces) = (new List<string>(), new List<string>());
        var letters = (text ?? "").AsSpan();
        int word = 0, piece = 0;
        for (var i = 0; i <= letters.Length; i++)
        {
            var ends = i == letters.Length || !char.IsLetterOrDigit(letters[i]);
            if (ends || (i > word && StartsPiece(letters, i)))
            {
                Add(pieces, letters[piece..i]);
                piece = ends ? i + 1 : i;
            }

            if (ends)
            {
                Add(whole, letters[word..i]);
                word = i + 1;
            }
        }

        return new([.. whole], [.. pieces]);
    }

    // 'OAuth' stays whole: one capital before the next is not an abbreviation with a word behind it.
    private static bool StartsPiece(ReadOnlySpan<char> text, int at) => char.IsUpper(text[at])
        && (!char.IsUpper(text[at - 1])
            || (at > 1 && char.IsUpper(text[at - 2]) && at + 1 < text.Length && char.IsLower(text[at + 1])));

    private static void Add(List<string> words, ReadOnlySpan<char> word)
    {
        if (!word.IsEmpty)
        {
            words.Add(word.ToString().ToLowerInvariant());
        }
    }
}
