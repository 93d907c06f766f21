using System.Buffers;

namespace Interlock.Engine.Worktrees;

/// <summary>
/// File patterns with what their links lead to. A path through a link is another name of the same file, so whoever leases it
/// leases that too; the link itself stays leased, for who changes where it points (S2).
/// </summary>
internal static class RealNames
{
    private static readonly SearchValues<char> Glob = SearchValues.Create("*?[]{}\\");

    /// <param name="root">The checkout that people see.</param>
    public static IReadOnlyList<string> With(string root, IReadOnlyList<string> names)
    {
        List<string> real = [.. names.Select(name => Of(root, name)).OfType<string>().Except(names, StringComparer.Ordinal)];
        return real.Count == 0 ? names : [.. names, .. real];
    }

    // Null when there is no link on the way, or it leads out of the checkout, where nothing is leased.
    private static string? Of(string root, string name)
    {
        var parts = name.Split('/');
        var literal = parts.TakeWhile(part => part.Length > 0 && part is not ".." && !part.AsSpan().ContainsAny(Glob)).ToList();
        var at = root;
        foreach (var part in literal)
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null)
            {
                var whole = RealPath.Of(Path.Combine([root, .. literal]));
                var inside = Path.GetRelativePath(RealPath.Of(root), whole).Replace(Path.DirectorySeparatorChar, '/');
                return inside == ".." || inside.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(inside) ? null
                    : string.Join('/', [.. inside == "." ? [] : (string[])[inside], .. parts[literal.Count..]]);
            }
        }

        return null;
    }
}
