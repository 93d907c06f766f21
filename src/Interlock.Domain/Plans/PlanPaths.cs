using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>Which words of a plan are repo-relative file patterns, and how they are written down.</summary>
internal static class PlanPaths
{
    private static readonly SearchValues<char> NeverInPaths = SearchValues.Create("<>=|\"';,$&#!%^()`");

    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        "astro", "bash", "bat", "c", "cc", "cfg", "conf", "cpp", "cs", "csproj", "css", "csv", "cts", "dart", "editorconfig", "env", "erl",
        "ex", "exs", "fs", "gleam", "go", "gradle", "graphql", "h", "hpp", "hs", "html", "ini", "ipynb", "java", "js", "json", "jsonc",
        "jsx", "kt", "kts", "less", "lock", "lua", "md", "mdx", "mjs", "ml", "mod", "mts", "php", "prisma", "properties", "props", "proto",
        "ps1", "py", "rb", "rs", "rst", "sass", "scala", "scss", "sh", "sln", "slnx", "sql", "sum", "svelte", "svg", "swift", "tf", "toml",
        "ts", "tsx", "txt", "vue", "xml", "yaml", "yml", "zig",
    };

    private static readonly HashSet<string> MediaTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "application", "audio", "font", "image", "message", "model", "multipart", "text", "video",
    };

    /// <summary>What to do about a path that is refused.</summary>
    public const string Remedy = "Write paths from the root of the repository, with '/', without '..' and without a drive, and close brackets and braces.";

    /// <summary>The pattern with <c>/</c> between segments and no leading <c>./</c>; null when <see cref="TryNormalise"/> refuses it.</summary>
    public static string? Normalise(string written) => TryNormalise(written, out var path, out _) ? path : null;

    /// <summary>False when it is no <see cref="FilePattern"/>, names somebody's home, a drive or a scheme.</summary>
    /// <param name="problem">A sentence that repeats what is written and says why it is refused.</param>
    public static bool TryNormalise(string written, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? problem)
    {
        path = written.Trim().Replace('\\', '/');
        while (path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[2..];
        }

        if (FilePatternText.IsPlainPath(path))
        {
            problem = null;
            return true;
        }

        if (path.StartsWith('~') || path.Contains(':', StringComparison.Ordinal))
        {
            problem = $"'{TaskText.Collapse(written)}' is not a path inside the repository";
        }
        else if (FilePattern.TryParse(path, out _, out problem))
        {
            return true;
        }

        path = null;
        return false;
    }

    /// <summary>The normalised pattern when a back-ticked word is surely a path: it has a slash or a known extension.</summary>
    public static string? FromCode(string code)
    {
        if (code.Length is < 3 or > 256 || code.AsSpan().IndexOfAny(NeverInPaths) >= 0 || code.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var slash = code.AsSpan().IndexOfAny('/', '\\');
        var hasExtension = HasKnownExtension(code);
        if (!hasExtension && (slash < 0 || code[0] == '@' || MediaTypes.Contains(code[..slash])))
        {
            return null;
        }

        return code.Any(char.IsAsciiLetter) ? Normalise(code) : null;
    }

    /// <summary>Paths among the words of a sentence: a slash and a known extension, or a slash at the end.</summary>
    public static IEnumerable<string> InWords(string text)
    {
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = word.Trim('(', ')', '"', '\'', '*', '_', ',', ';', ':').TrimEnd('.');
            if (bare.Contains('/') && bare[0] is not ('/' or '<' or '@') && (bare[^1] == '/' || HasKnownExtension(bare))
                && !bare.Contains('[') && FromCode(bare) is { } path)
            {
                yield return path;
            }
        }
    }

    private static bool HasKnownExtension(string code)
    {
        var dot = code.LastIndexOf('.');
        return dot > 0 && Extensions.Contains(code[(dot + 1)..]);
    }
}
