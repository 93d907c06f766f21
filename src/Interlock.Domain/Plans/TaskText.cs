using System.Text;

namespace Interlock.Domain.Plans;

/// <summary>Everything the text behind a checkbox says about its task.</summary>
/// <param name="Id">As written, without the word Task; empty when there is none.</param>
/// <param name="HasNamedId">True when the id cannot be mistaken for a number in a sentence.</param>
/// <param name="Dependencies">Ids as written, without the word Task.</param>
/// <param name="Ignored">Attributes taken off the end of the title that mean nothing here.</param>
internal sealed record TaskText(
    string Id, bool HasNamedId, string Title, string? Complexity, IReadOnlyList<string> Dependencies,
    IReadOnlyList<string> Files, IReadOnlyList<string> RefusedFiles, string? Agent,
    IReadOnlyList<TaskAttribute> Unclosed, IReadOnlyList<TaskAttribute> Ignored)
{
    public static TaskText Read(string text) => Read(text, TaskIdText.Read(text));

    /// <summary>Reads what stands behind an id that the format has a grammar of its own for.</summary>
    public static TaskText Read(string text, TaskIdText id)
    {
        var spans = CodeSpans.Find(text);
        var attributes = TaskAttributes.Find(text, id.TextIndex, spans);
        var trailing = Trailing(text, attributes, id.TextIndex);
        var known = attributes.Where(attribute => attribute.Name != AttributeName.Unknown).ToList();
        var ignored = attributes.Where(attribute => attribute.Name == AttributeName.Unknown && attribute.Start >= trailing).ToList();
        var title = TitleOf(text, id, [.. known.Concat(ignored).OrderBy(attribute => attribute.Start)]);
        var annotated = TryAnnotation(title, out var annotation);

        var written = Values(known, AttributeName.Files, TaskValues.Files);
        var files = written.Where(file => PlanPaths.Normalise(file) is not null)
            .Concat(spans.Where(span => span.Start >= id.TextIndex).Select(span => PlanPaths.FromCode(span.ContentOf(text))).OfType<string>())
            .Select(file => PlanPaths.Normalise(file)!);
        return new TaskText(
            id.Id,
            id.IsNamed,
            annotated ? title[..^(annotation.Length + 2)].TrimEnd() : title,
            known.Find(attribute => attribute.Name == AttributeName.Complexity)?.Value,
            Values(known, AttributeName.Dependencies, TaskValues.Dependencies),
            [.. files.Distinct(StringComparer.Ordinal)],
            [.. written.Where(file => PlanPaths.Normalise(file) is null)],
            known.Find(attribute => attribute.Name == AttributeName.Agent)?.Value ?? (annotated ? annotation : null),
            [.. known.Where(attribute => !attribute.IsClosed)],
            ignored);
    }

    private static List<string> Values(List<TaskAttribute> known, AttributeName name, Func<string, IEnumerable<string>> split) =>
        [.. known.Where(attribute => attribute.Name == name).SelectMany(attribute => split(attribute.Value))];

    /// <summary>Where the run of attributes and annotation at the end of the text begins.</summary>
    private static int Trailing(string text, List<TaskAttribute> attributes, int from)
    {
        var end = text.Length;
        for (var i = attributes.Count - 1; i >= 0; i--)
        {
            var between = text.AsSpan(attributes[i].End, end - attributes[i].End).Trim();
            if (between.Length > 0 && !(TryAnnotation(between.ToString(), out var agent) && agent.Length + 2 == between.Length))
            {
                return end;
            }

            end = attributes[i].Start;
        }

        return Math.Max(end, from);
    }

    private static string TitleOf(string text, TaskIdText id, List<TaskAttribute> removed)
    {
        var title = new StringBuilder();
        var position = id.TextIndex;
        foreach (var attribute in removed)
        {
            title.Append(text, position, attribute.Start - position).Append(' ');
            position = attribute.End;
        }

        title.Append(text, position, text.Length - position);
        var words = Collapse(title.ToString());
        var bold = id.OpensBold ? words.IndexOf("**", StringComparison.Ordinal) : -1;
        return bold < 0 ? words : Collapse(words.Remove(bold, 2));
    }

    /// <summary>One space for every run of white space and control characters.</summary>
    internal static string Collapse(string text)
    {
        if (IsCollapsed(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var isGap = char.IsWhiteSpace(character) || char.IsControl(character);
            if (!isGap)
            {
                result.Append(character);
            }
            else if (result.Length > 0 && result[^1] != ' ')
            {
                result.Append(' ');
            }
        }

        return result.ToString().TrimEnd();
    }

    private static bool IsCollapsed(string text)
    {
        var afterSpace = true;
        foreach (var character in text)
        {
            var isGap = char.IsWhiteSpace(character) || char.IsControl(character);
            if (isGap && (afterSpace || character != ' '))
            {
                return false;
            }

            afterSpace = isGap;
        }

        return !afterSpace || text.Length == 0;
    }

    /// <summary>
    /// An annotation is <c>(word-word-1)</c> in lower case at the very end; two words at least, because
    /// <c>(utf-8)</c> and <c>(step-2)</c> are ordinary text.
    /// </summary>
    private static bool TryAnnotation(string text, out string agent)
    {
        agent = "";
        var open = text.LastIndexOf('(');
        if (open < 0 || text[^1] != ')')
        {
            return false;
        }

        var parts = text[(open + 1)..^1].Split('-');
        var isAgent = parts.Length >= 3 && parts[^1].Length > 0 && parts[^1].All(char.IsAsciiDigit)
            && parts[..^1].All(part => part.Length > 0 && char.IsAsciiLetterLower(part[0])
                && part.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character)));
        agent = isAgent ? text[(open + 1)..^1] : "";
        return isAgent && Identifiers.IsValid(agent);
    }
}
