namespace Interlock.Domain.Plans;

/// <summary>A heading with the headings above it.</summary>
/// <param name="Level">1 to 6; 0 for what stands before the first heading.</param>
internal sealed record Section(int Level, string Text, int Line, Section? Above)
{
    /// <summary>From the outermost heading to this one.</summary>
    public IEnumerable<Section> Path => (Above?.Path ?? []).Append(this);

    /// <summary>The nearest of this heading and those above that has the level or a higher one.</summary>
    public Section AtLevel(int level) => Level <= level || Above is null or { Level: 0 } ? this : Above.AtLevel(level);

    /// <summary>True below a heading such as <c>Success Criteria</c>. The title of the file may well be "Release checklist".</summary>
    public bool NamesCriteria { get; } = (Above?.NamesCriteria ?? false) || (Level > 1 && Heading.NamesCriteria(Text));

    public string? Title => Level == 0 ? null : Text;
}

/// <summary>A checkbox line of an outline.</summary>
/// <param name="Text">What stands behind the brackets, wrapped lines included.</param>
/// <param name="Parent">Index of the item it is nested under; -1 for none.</param>
/// <param name="Notes">Lines below it that are deeper than its bullet and no checkboxes, without their indent.</param>
internal sealed record OutlineItem(MarkdownLine Line, Checkbox Box, string Text, Section Section, bool UnderCriteria, int Parent, List<string> Notes);

/// <summary>
/// The headings, checkboxes and nesting of a Markdown file, for the formats that are lists below headings. Every checkbox line
/// is an item or counted as excluded.
/// </summary>
internal sealed class Outline
{
    private const int MostNotes = 200;

    private readonly MarkdownFile file;
    private readonly PlanProblems problems;
    private readonly Stack<(int Indent, int Item)> open = new();
    private readonly List<OutlineItem> items = [];
    private readonly List<Section> sections = [];
    private Section section = new(0, "", 0, null);
    private bool labelNamesCriteria;

    private Outline(MarkdownFile file, PlanProblems problems)
    {
        this.file = file;
        this.problems = problems;
    }

    public IReadOnlyList<OutlineItem> Items => items;

    public IReadOnlyList<Section> Sections => sections;

    public ExcludedCheckboxes Excluded { get; } = new();

    /// <summary>The visible lines that are neither headings nor checkboxes, and what stands in fences.</summary>
    public List<MarkdownLine> Prose { get; } = [];

    public static Outline Read(MarkdownFile file, PlanProblems problems)
    {
        var outline = new Outline(file, problems);
        for (var i = 0; i < file.Lines.Count; i++)
        {
            outline.ReadLine(file.Lines[i], i);
        }

        return outline;
    }

    private void ReadLine(MarkdownLine line, int index)
    {
        if (line.Region != LineRegion.Text)
        {
            Excluded.CountHidden(line);
            if (line.Region == LineRegion.Fenced)
            {
                Prose.Add(line);
            }
        }
        else if (Heading.TryRead(line.Visible) is { } heading)
        {
            Open(heading, line.Number);
        }
        else if (Checkbox.TryRead(line.Visible) is { } box)
        {
            ReadItem(box, line, index);
        }
        else if (!string.IsNullOrWhiteSpace(line.Visible))
        {
            Excluded.CountPartlyHidden(line);
            ReadProse(line);
        }
    }

    private void Open(Heading heading, int number)
    {
        var above = section;
        while (above.Level >= heading.Level && above.Above is { } higher)
        {
            above = higher;
        }

        section = new Section(heading.Level, heading.Text, number, above);
        sections.Add(section);
        labelNamesCriteria = false;
        open.Clear();
    }

    private void ReadItem(Checkbox box, MarkdownLine line, int index)
    {
        // Less than two columns deeper is the same list, written unevenly.
        Close(box.Indent - 1);
        if (!box.IsWellFormed)
        {
            Excluded.Count();
            problems.Warning(
                "malformed-checkbox", line.Number, "this looks like a checkbox and is none, so it is left out",
                "Start the line with '- [ ] ': a bullet, one character between the brackets, then the text.");
            return;
        }

        var text = line.Visible[box.TextIndex..] + Wrapped.After(file, index, box.Indent);
        items.Add(new OutlineItem(line, box, text, section, UnderCriteria(), open.TryPeek(out var parent) ? parent.Item : -1, []));
        open.Push((box.Indent, items.Count - 1));
    }

    private bool UnderCriteria() => labelNamesCriteria || section.NamesCriteria;

    private void ReadProse(MarkdownLine line)
    {
        Prose.Add(line);
        Close(Checkbox.Columns(line.Visible, Checkbox.SkipSpace(line.Visible, 0)));
        var label = line.Visible.AsSpan().Trim();
        if (open.TryPeek(out var item))
        {
            if (items[item.Item].Notes.Count < MostNotes)
            {
                items[item.Item].Notes.Add(label.ToString());
            }

            return;
        }

        var isBold = label.Length > 4 && label.StartsWith("**") && label.TrimEnd(':').EndsWith("**");
        if (isBold || (label[^1] == ':' && Heading.NamesCriteria(label.ToString())))
        {
            labelNamesCriteria = Heading.NamesCriteria(label.ToString());
        }
    }

    /// <summary>Ends the items whose bullet is at the column or right of it.</summary>
    private void Close(int column)
    {
        while (open.TryPeek(out var item) && item.Indent >= column)
        {
            open.Pop();
        }
    }
}

/// <summary>The lines that a list item goes on in.</summary>
internal static class Wrapped
{
    /// <summary>The wrapped lines of the same paragraph as the list item on line <paramref name="index"/>, each behind a space.</summary>
    public static string After(MarkdownFile file, int index, int indent)
    {
        var lines = file.Lines.Skip(index + 1).TakeWhile(line => Continues(line, indent)).Select(line => " " + line.Visible.Trim());
        return string.Concat(lines);
    }

    private static bool Continues(MarkdownLine line, int indent)
    {
        var text = line.Visible;
        var start = Checkbox.SkipSpace(text, 0);
        return line.Region == LineRegion.Text && start < text.Length && Checkbox.Columns(text, start) > indent
            && text[start] is not ('#' or '|' or '>' or '<' or '`' or '~' or '*' or '_' or '-' or '+')
            && Checkbox.SkipBullet(text, start, out _) == start && Checkbox.TryRead(text) is null;
    }
}
