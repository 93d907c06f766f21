using System.Text.RegularExpressions;

namespace Interlock.Domain.Plans;

/// <summary>The text of a Spec Kit task: an id, then labels in brackets, in either order, then what is to be done.</summary>
/// <param name="Id">As written, such as <c>T012</c> or <c>T012a</c>.</param>
/// <param name="TextIndex">Where the text goes on.</param>
internal sealed partial record SpecKitLine(string Id, bool IsParallel, IReadOnlyList<string> Labels, int TextIndex)
{
    public static SpecKitLine? TryRead(string text)
    {
        string? id = null;
        var parallel = false;
        var labels = new List<string>();
        var index = Checkbox.SkipSpace(text, 0);
        while (index < text.Length)
        {
            if (id is null && IdStart().Match(text, index) is { Success: true } found)
            {
                id = found.Groups["id"].Value;
                index = Checkbox.SkipSpace(text, index + found.Length);
            }
            else if (Label().Match(text, index) is { Success: true } label)
            {
                var name = label.Groups["name"].Value;
                parallel |= name is "P" or "p";
                labels.AddRange(name is "P" or "p" ? [] : [name]);
                index = Checkbox.SkipSpace(text, index + label.Length);
            }
            else
            {
                break;
            }
        }

        return id is null ? null : new SpecKitLine(id, parallel, labels, index);
    }

    /// <summary>The user stories a label names: <c>US1</c>, <c>US1,US2</c>.</summary>
    public IEnumerable<int> Stories => Labels.SelectMany(label => StoryNumber().Matches(label)).Select(match => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\G(?:\*\*|__|`)?(?<id>T-?\d{1,6}(?:[a-z]\d{0,3}|[.-]\d{1,4}[a-z]?)*)(?:\*\*|__|`)?(?:[:.)]|\s+[-–—](?=\s))?(?:\*\*|__)?(?=[\s\[]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex IdStart();

    // A label is a short word; [Files: …] is an attribute and [text](address) a link.
    [GeneratedRegex(@"\G(?:\*\*)?\[(?<name>[\p{L}\d][\p{L}\d ,/+&_.-]{0,31}\??)\](?:\*\*)?(?![(\[:])", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"\bUS-?(\d{1,6})\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex StoryNumber();
}
