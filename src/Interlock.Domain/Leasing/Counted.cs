using System.Globalization;

namespace Interlock.Domain.Leasing;

/// <summary>Numbers of things as people say them: "1 task", "2 tasks", "3 checkboxes".</summary>
public static class Counted
{
    /// <param name="many">The plural, where it is neither the noun and an s nor, after an x, the noun and es.</param>
    public static string Of(int count, string noun, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? noun : many ?? noun + (noun.EndsWith('x') ? "es" : "s"))}");
}
