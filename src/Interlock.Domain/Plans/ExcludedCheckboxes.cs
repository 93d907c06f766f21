using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>Checkbox lines that are neither tasks nor criteria, and why: each group is reported once.</summary>
internal sealed class ExcludedCheckboxes
{
    private readonly Dictionary<(LineRegion Region, int Line), int> hidden = [];
    private readonly Dictionary<(string Text, int Line), (int Line, int Count)> outside = [];
    private readonly Dictionary<string, int> outsideIds = new(StringComparer.OrdinalIgnoreCase);

    public int Total { get; private set; }

    /// <summary>Line of a task written outside any story; 0 when there is none of that id.</summary>
    public int OutsideLineOf(string id) => outsideIds.GetValueOrDefault(id);

    public void Count() => Total++;

    public void CountHidden(MarkdownLine line)
    {
        if (!IsCheckbox(line))
        {
            return;
        }

        Total++;
        var key = (line.Region, line.RegionLine);
        hidden[key] = hidden.GetValueOrDefault(key) + 1;
    }

    /// <summary>A line that begins in a comment and ends as prose still may have hidden a checkbox.</summary>
    public void CountPartlyHidden(MarkdownLine line)
    {
        if (!ReferenceEquals(line.Text, line.Visible))
        {
            CountHidden(line with { Region = LineRegion.Commented });
        }
    }

    public void CountOutside((string Text, int Line) section, string id, int line)
    {
        Total++;
        outside[section] = outside.TryGetValue(section, out var seen) ? (seen.Line, seen.Count + 1) : (line, 1);
        if (id.Length > 0)
        {
            outsideIds.TryAdd(id, line);
        }
    }

    public void Report(PlanProblems problems, bool withOutside)
    {
        foreach (var ((region, line), count) in hidden)
        {
            var fenced = region == LineRegion.Fenced;
            var place = fenced ? "code fence" : "comment";
            problems.Info(
                fenced ? "fenced-checkboxes" : "commented-checkboxes", line,
                $"{Counted.Of(count, "checkbox")} in the {place} that opens on line {line} {(count == 1 ? "is" : "are")} no part of the plan",
                $"Move real tasks out of the {place}.");
        }

        foreach (var (section, (line, count)) in withOutside ? outside : [])
        {
            var place = section.Line == 0 ? "before the first heading" : $"under '{section.Text}' (line {section.Line})";
            problems.Info(
                "outside-story", line,
                $"{Counted.Of(count, "checkbox")} {place} {(count == 1 ? "belongs" : "belong")} to no story",
                "Put tasks under a heading such as '### Story 2.5: Title'.");
        }
    }

    /// <summary>True for each line the counts are about, wherever it stands.</summary>
    public static bool IsCheckbox(MarkdownLine line)
    {
        if (line.Region != LineRegion.Fenced && Checkbox.TryRead(line.Visible) is not null)
        {
            return true;
        }

        var bare = line.Text.AsSpan().TrimStart();
        var isCommented = line.Region == LineRegion.Commented || !ReferenceEquals(line.Text, line.Visible);
        return isCommented && bare.StartsWith("<!--")
            ? Checkbox.TryRead(bare[4..].ToString()) is not null
            : line.Region == LineRegion.Fenced || isCommented ? Checkbox.TryRead(line.Text) is not null : false;
    }
}
