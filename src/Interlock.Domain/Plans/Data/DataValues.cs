namespace Interlock.Domain.Plans.Data;

/// <summary>Reads the values that several formats write in the same ways.</summary>
internal static class DataValues
{
    private const int LongestTitle = 300;

    /// <summary>One line of text; empty when there is none.</summary>
    public static string Line(DataNode? node) => TaskText.Collapse(node?.Text ?? "");

    /// <summary>A title made of a longer text: its first line, cut at a few hundred characters.</summary>
    public static string TitleFrom(string text)
    {
        var line = TaskText.Collapse(text.Trim().Split('\n', 2)[0]);
        return line.Length > LongestTitle ? $"{line[..(LongestTitle - 1)]}…" : line;
    }

    /// <summary>The scalars of a list, a single scalar, or the names in a text with commas; what is none of these is not given.</summary>
    public static IEnumerable<string> Words(DataNode? node) => node switch
    {
        { Kind: DataKind.List } => node.Items.Select(item => Line(item.Kind == DataKind.Map ? item["id"] ?? item["path"] ?? item["file"] : item))
            .Where(word => word.Length > 0),
        { Kind: DataKind.Text } => (node.Text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(TaskText.Collapse).Where(word => word.Length > 0 && !IsNone(word)),
        { Kind: DataKind.Number } => [node.Text!],
        _ => [],
    };

    /// <summary>The repo-relative patterns among these values; what is none is told.</summary>
    public static IReadOnlyList<string> Paths(string source, int line, PlanDraft draft, params ReadOnlySpan<DataNode?> values)
    {
        var paths = new List<string>();
        foreach (var written in values.ToArray().SelectMany(Words))
        {
            if (PlanPaths.TryNormalise(written, out var path, out var problem))
            {
                paths.Add(path);
            }
            else
            {
                draft.Warning(source, "unsafe-path", line, $"{problem}; it is ignored", PlanPaths.Remedy);
            }
        }

        return paths;
    }

    /// <summary>Each path that is named, and those among the back-ticked words of the texts.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<string> named, params ReadOnlySpan<string?> texts)
    {
        var files = new List<string>(named);
        foreach (var text in texts)
        {
            if (text is not null && text.Contains('`', StringComparison.Ordinal))
            {
                files.AddRange(CodeSpans.Find(text).Select(span => PlanPaths.FromCode(span.ContentOf(text))).OfType<string>());
            }
        }

        return [.. files.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A word, or a number from 1 to 10 as some tools estimate.</summary>
    public static Complexity Complexity(DataNode? node)
    {
        if (node?.Kind == DataKind.Number && double.TryParse(node.Text, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return number <= 3 ? Plans.Complexity.Low : number <= 6 ? Plans.Complexity.Medium : Plans.Complexity.High;
        }

        return Line(node).ToLowerInvariant() switch
        {
            "low" or "simple" or "small" or "easy" => Plans.Complexity.Low,
            "high" or "complex" or "large" or "hard" => Plans.Complexity.High,
            _ => Plans.Complexity.Medium,
        };
    }

    public static AgentId? Agent(DataNode? node) => Line(node).TrimStart('@') is var name && Identifiers.IsValid(name) ? new AgentId(name) : null;

    private static bool IsNone(string word) => word.Equals("none", StringComparison.OrdinalIgnoreCase) || word is "-" or "[]";
}
