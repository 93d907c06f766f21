using System.Globalization;

namespace Interlock.Domain.Merging;

/// <summary>
/// A file whose place in a sequence stands in its name: <c>0007_users.sql</c>, <c>20240102-users.py</c>, <c>V7__users.sql</c>.
/// </summary>
/// <param name="Folder">With its closing <c>/</c>; empty at the root.</param>
/// <param name="Mark"><c>V</c>, <c>v</c> or empty: what stands before the digits.</param>
/// <param name="Width">Digits the number is written with, leading zeros included.</param>
/// <param name="Rest">All that follows the digits.</param>
public sealed record NumberedName(string Folder, string Mark, long Number, int Width, string Rest)
{
    private const int MostDigits = 18;

    /// <summary>Null when the name does not start with a number that a separator ends; <c>V1.2__x</c> is a version and no number.</summary>
    public static NumberedName? TryParse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path[(path.LastIndexOf('/') + 1)..];
        var mark = name.Length > 0 && name[0] is 'V' or 'v' ? name[..1] : "";
        var digits = name.Skip(mark.Length).TakeWhile(char.IsAsciiDigit).Count();
        var rest = name[(mark.Length + digits)..];
        return digits is > 0 and <= MostDigits && EndsNumber(rest)
            ? new NumberedName(path[..^name.Length], mark, long.Parse(name.AsSpan(mark.Length, digits), CultureInfo.InvariantCulture), digits, rest)
            : null;
    }

    public string Path => string.Create(CultureInfo.InvariantCulture, $"{Folder}{Mark}{Number.ToString($"D{Width}", CultureInfo.InvariantCulture)}{Rest}");

    /// <summary>The name as other files mention it: without folder, and without extension unless only the number would be left.</summary>
    public string Mention
    {
        get
        {
            var dot = Rest.IndexOf('.', StringComparison.Ordinal);
            return Path[Folder.Length..^(dot > 0 ? Rest.Length - dot : 0)];
        }
    }

    /// <summary>True when both count in one sequence.</summary>
    public bool SameSequence(NumberedName other) => Folder == other.Folder && string.Equals(Mark, other.Mark, StringComparison.OrdinalIgnoreCase);

    /// <summary>True when nothing but the number, and with it perhaps the width, tells the two names apart.</summary>
    public bool DiffersInNumberOnly(NumberedName other) => this with { Number = other.Number, Width = other.Width } == other;

    private static bool EndsNumber(string rest) => rest is ['_' or '-', ..] || (rest is ['.', var next, ..] && !char.IsAsciiDigit(next));
}
