using System.Text.RegularExpressions;

namespace Interlock.Domain.Plans;

/// <summary>A task's text that begins with a number such as <c>2.10</c>, <c>1.2a</c>, <c>3.</c> or <c>A1.</c></summary>
/// <param name="Id">Without the full stop or colon behind it.</param>
/// <param name="IsOptional">True for Kiro's <c>- [ ]* 1.1 text</c>.</param>
/// <param name="IsParallel">True for a <c>(P)</c> or <c>[P]</c> behind the id or at the end.</param>
internal sealed partial record NumberedLine(string Id, bool IsOptional, bool IsParallel, int TextIndex)
{
    /// <summary>Never null: a text without a number has an empty id.</summary>
    public static NumberedLine Read(string text)
    {
        var start = text.Length > 1 && text[0] == '*' && text[1] != '*' ? 1 : 0;
        var index = Checkbox.SkipSpace(text, start);
        var match = Number().Match(text, index);
        var end = match.Success ? Checkbox.SkipSpace(text, index + match.Length) : index;
        var parallel = Parallel().Match(text, end) is { Success: true } mark ? mark.Length : 0;
        return new NumberedLine(
            match.Groups["id"].Value, start > 0, parallel > 0 || text.AsSpan().TrimEnd().EndsWith("(P)"), Checkbox.SkipSpace(text, end + parallel));
    }

    /// <summary>The id above: <c>2</c> for <c>2.10</c>; empty when there is none.</summary>
    public static string Above(string id) => id.LastIndexOf('.') is > 0 and var dot ? id[..dot] : "";

    // A lone number needs a full stop, bracket or colon behind it, or "3 retries" would be task 3.
    [GeneratedRegex(@"\G(?:\*\*|__|`)?(?:[Tt]ask\s+#?)?(?<id>\d{1,6}(?:\.\d{1,6})+[a-z]?(?:\.\d{1,6})*(?=[.:)]?(?:\*\*|__|`)?[.:)]?(?:[\s（(【\[]|$))|\d{1,6}[a-z]?(?=[.:)](?:\*\*|__)?(?:\s|$))|[A-Z]{1,6}-?\d{1,6}(?:\.\d{1,6})*[a-z]?(?=(?:\*\*|__|`)?[.:)](?:\*\*|__)?(?:\s|$)))(?:\*\*|__|`)?[.:)]?(?:\*\*|__|`)?(?:\s+[-–—](?=\s))?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"\G(?:\(P\)|\[P\])", RegexOptions.CultureInvariant)]
    private static partial Regex Parallel();
}
