using System.Security.Cryptography;
using System.Text;

namespace Interlock.Domain.Plans;

/// <summary>Makes ids from names of files and folders.</summary>
internal static class PlanNames
{
    private const int Longest = 40;

    /// <summary>The folder a file stands in; the file's own name without extension at the root.</summary>
    public static string FolderOf(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Length > 1 ? segments[^2] : StemOf(path);
    }

    public static string StemOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }

    /// <summary>A valid id that keeps as much of the name as the grammar allows; names that lose something stay different.</summary>
    public static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            var fits = char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';
            if (fits || (slug.Length > 0 && slug[^1] != '-'))
            {
                slug.Append(fits ? character : '-');
            }
        }

        var text = slug.ToString().Trim('-', '.', '_').Replace("..", ".", StringComparison.Ordinal);
        if (text == name && text.Length <= Longest && Identifiers.IsValid(text))
        {
            return text;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 3));
        text = text[..Math.Min(text.Length, Longest - 7)].Trim('-', '.', '_');
        return text.Length == 0 || !Identifiers.IsValid(text) ? $"plan-{hash}" : $"{text}-{hash}";
    }
}
