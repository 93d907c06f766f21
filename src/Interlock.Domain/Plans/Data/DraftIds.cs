using System.Security.Cryptography;
using System.Text;

namespace Interlock.Domain.Plans.Data;

/// <summary>Makes ids of what data files call their tasks.</summary>
internal static class DraftIds
{
    private const int Longest = 64;

    /// <summary>The text itself where the grammar allows it; else what is left of it, and a hash so that two such ids differ.</summary>
    public static string From(string text)
    {
        if (Identifiers.IsValid(text))
        {
            return text;
        }

        var kept = new StringBuilder();
        foreach (var character in text)
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';
            if (allowed && (kept.Length > 0 || char.IsAsciiLetterOrDigit(character)) && !(character == '.' && kept[^1] == '.'))
            {
                kept.Append(character);
            }
            else if (kept.Length > 0 && kept[^1] != '-')
            {
                kept.Append('-');
            }
        }

        var start = kept.ToString(0, Math.Min(kept.Length, Longest - 9)).Trim('-', '.', '_');
        return start.Length == 0 ? $"t-{Hash(text)}" : $"{start}-{Hash(text)}";
    }

    /// <summary>A story's id: the words of a name with dashes, without a hash unless nothing else is left.</summary>
    public static StoryId Story(string name)
    {
        var words = new string([.. name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' ? character : '-')])
            .Split('-', StringSplitOptions.RemoveEmptyEntries);
        var joined = string.Join('-', words).Trim('.', '_', '-');
        return new StoryId(Identifiers.IsValid(joined) ? joined : From(name));
    }

    /// <summary>Eight hexadecimal digits that depend on each part and on where one ends.</summary>
    public static string Hash(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 4));
    }
}
