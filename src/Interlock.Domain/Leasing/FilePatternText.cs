using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Interlock.Domain.Leasing;

/// <summary>The one spelling of a repo-relative path or pattern that everything else compares.</summary>
internal static class FilePatternText
{
    public const int MaxLength = 1024;

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");

    /// <summary>True for most of what is written: an exact path in its one spelling. Says nothing about any other text.</summary>
    public static bool IsPlainPath(string text) => text.Length is > 0 and <= MaxLength && text[0] is not ('.' or '/') && text[^1] != '/'
        && !text.AsSpan().ContainsAnyExcept(Plain) && text.AsSpan().IndexOf("//") < 0 && text.AsSpan().IndexOf("/.") < 0;

    /// <summary>Null with a problem when the text names nothing inside the repository.</summary>
    public static bool TryNormalise(string text, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? problem)
    {
        path = null;
        problem = text.Length > MaxLength ? $"longer than {MaxLength} characters" : Unspeakable(text);
        if (problem is not null)
        {
            return false;
        }

        var slashed = FilePatternComposition.Compose(text.Replace('\\', '/'));
        if (slashed.StartsWith('/') || (slashed.Length > 1 && slashed[1] == ':' && char.IsAsciiLetter(slashed[0])))
        {
            problem = "must be relative to the repository, without a leading '/' or a drive letter";
            return false;
        }

        while (slashed.StartsWith("./", StringComparison.Ordinal))
        {
            slashed = slashed[2..];
        }

        problem = ProblemOf(slashed);
        path = problem is null ? slashed : null;
        return problem is null;
    }

    private static string? Unspeakable(string text)
    {
        if (text.Length == 0)
        {
            return "is empty";
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return "contains a control character";
            }

            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return "contains half a surrogate pair";
            }
        }

        return null;
    }

    private static string? ProblemOf(string path)
    {
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isTrailingSlash = i > 0 && i == segments.Length - 1;
            var problem = segments[i] switch
            {
                "" => isTrailingSlash ? null : "has an empty segment",
                "." => "has a '.' segment",
                ".." => "has a '..' segment",
                var segment => IsGitDirectory(segment) ? "reaches into .git" : null,
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Windows drops trailing dots and spaces, reads <c>git~1</c> as <c>.git</c> and takes what follows a colon for a stream.</summary>
    private static bool IsGitDirectory(string segment)
    {
        var colon = segment.IndexOf(':');
        var name = (colon < 0 ? segment : segment[..colon]).TrimEnd('.', ' ');
        return name.Equals(".git", StringComparison.OrdinalIgnoreCase) || name.Equals("git~1", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The code point that stands for every spelling of a letter.</summary>
    public static int Fold(int codePoint) =>
        Rune.IsValid(codePoint) ? Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(codePoint))).Value : codePoint;
}
