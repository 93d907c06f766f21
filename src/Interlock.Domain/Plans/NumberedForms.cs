using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>
/// The forms older OpenSpec files have: a table with a column of ☐ and ☑, and, where there is no checkbox at all, numbered headings.
/// </summary>
internal static class NumberedForms
{
    private const string OpenBoxes = "☐□⬜◻";
    private const string DoneBoxes = "☑✅✔✓☒🗹";

    public static void AddRowsAndHeadings(OutlineSource source, PlanDraft draft, string prefix)
    {
        var rows = Rows(source).ToList();
        if (draft.Tasks.Count > 0 && rows.Count > 0)
        {
            source.Problems.Info(
                "table-rows", rows[0].Line, $"{Counted.Of(rows.Count, "table row")} with a box {(rows.Count == 1 ? "is" : "are")} no task, because the file has checkboxes",
                "Write tasks as list items with a checkbox.");
            return;
        }

        var forms = rows.Count > 0 || draft.Tasks.Count + draft.Criteria > 0 ? rows : Headings(source).ToList();
        var equal = new Dictionary<string, int>();
        foreach (var form in forms)
        {
            var key = $"{form.Group}\n{form.Title.ToLowerInvariant()}";
            Add(source, draft, prefix, form, equal[key] = equal.GetValueOrDefault(key) + 1);
        }
    }

    private sealed record Form(string Id, string Title, PlanMark Mark, int MarkOffset, int Line, string? Group, IReadOnlyList<string> Dependencies, bool IsUtf8);

    private static void Add(OutlineSource source, PlanDraft draft, string prefix, Form form, int ordinal)
    {
        var id = form.Id.Length > 0 ? $"{prefix}-{form.Id}" : StableIds.For(new StoryId(prefix), form.Group ?? "", form.Title.ToLowerInvariant(), ordinal);
        if (!Identifiers.IsValid(id))
        {
            source.Outline.Excluded.Count();
            source.Problems.Error("invalid-id", form.Line, $"'{form.Id}' cannot be the id of a task, so the task is left out", $"Use {Identifiers.Grammar}.");
            return;
        }

        var text = TaskText.Read(form.Title, new TaskIdText("", 0, true, false));
        draft.Tasks.Add(new PlanTask(
            new TaskId(id), form.Id.Length > 0 ? form.Id : id, new StoryId(prefix), form.Group, text.Title.Length > 0 ? text.Title : $"Task {form.Id}",
            form.Mark, Complexity.Medium, form.Dependencies, [], [.. text.Files.Concat(PlanPaths.InWords(form.Title)).Distinct(StringComparer.Ordinal)],
            null, form.Line, form.MarkOffset, form.IsUtf8 ? null : "not-utf8"));
    }

    private static IEnumerable<Form> Rows(OutlineSource source)
    {
        string[]? header = null;
        var section = 0;
        foreach (var line in source.Outline.Prose.Where(line => line.Region == LineRegion.Text))
        {
            var cells = Cells(line.Visible);
            if (cells.Count < 2)
            {
                header = null;
                continue;
            }

            header ??= [.. cells.Select(cell => cell.Text.ToLowerInvariant())];
            var box = cells.FindIndex(cell => MarkOf(cell.Text) is not null);
            if (box < 0)
            {
                continue;
            }

            while (section + 1 < source.Outline.Sections.Count && source.Outline.Sections[section + 1].Line < line.Number)
            {
                section++;
            }

            var group = source.Outline.Sections.Count > 0 && source.Outline.Sections[section].Line < line.Number ? source.Outline.Sections[section].Text : null;
            yield return Row(line, cells, box, header, group);
        }
    }

    private static Form Row(MarkdownLine line, List<(string Text, int Start)> cells, int box, string[] header, string? group)
    {
        var idCell = cells.FindIndex(0, Math.Min(2, cells.Count), cell => IsId(cell.Text));
        var needs = Array.FindIndex(header, name => name.StartsWith("dep", StringComparison.Ordinal) || name.Contains("depend", StringComparison.Ordinal));
        var title = cells.Where((_, index) => index != box && index != idCell && index != needs).Select(cell => cell.Text).FirstOrDefault(text => text.Length > 0) ?? "";
        var mark = MarkOf(cells[box].Text)!.Value;
        return new Form(
            idCell >= 0 ? cells[idCell].Text.Trim('*', '`') : "", title, mark.Mark, line.ByteOffset(cells[box].Start + mark.Index) + mark.LastByte, line.Number, group,
            needs >= 0 && needs < cells.Count ? [.. TaskValues.Dependencies(cells[needs].Text)] : [], line.IsUtf8);
    }

    /// <summary>The cells of a table row with their places in the line; a bar in code or behind a backslash is text.</summary>
    private static List<(string Text, int Start)> Cells(string line)
    {
        var cells = new List<(string, int)>();
        var start = Checkbox.SkipSpace(line, 0);
        if (start >= line.Length || line[start] != '|')
        {
            return cells;
        }

        var spans = CodeSpans.Find(line);
        var from = start + 1;
        for (var i = from; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == '|' && line[i - 1] != '\\' && !CodeSpans.Cover(spans, i)))
            {
                var text = line[from..i];
                var lead = text.Length - text.TrimStart().Length;
                if (i < line.Length || text.Trim().Length > 0)
                {
                    cells.Add((text.Trim(), from + lead));
                }

                from = i + 1;
            }
        }

        return cells;
    }

    private static bool IsId(string cell)
    {
        var bare = cell.Trim('*', '`');
        return bare.Length is > 0 and <= 24 && bare.Any(char.IsAsciiDigit) && Identifiers.IsValid(bare);
    }

    /// <summary>What a cell that holds nothing but a box says, the box's place in it and how far behind that its last byte is.</summary>
    private static (PlanMark Mark, int Index, int LastByte)? MarkOf(string cell)
    {
        if (cell is ['[', var mark, ']'])
        {
            return (mark switch { ' ' => PlanMark.Pending, 'x' or 'X' => PlanMark.Done, _ => PlanMark.Unknown }, 1, 0);
        }

        return cell.Length is 0 or > 3 ? null
            : OpenBoxes.Contains(cell[0], StringComparison.Ordinal) ? (PlanMark.Pending, 0, 2)
            : DoneBoxes.Contains(cell[0], StringComparison.Ordinal) ? (PlanMark.Done, 0, 2)
            : null;
    }

    private static IEnumerable<Form> Headings(OutlineSource source)
    {
        var numbered = source.Outline.Sections.Select(section => (Section: section, Line: NumberedLine.Read(section.Text)))
            .Where(heading => heading.Section.Level > 1 && heading.Line.Id.Length > 0).ToList();
        var deepest = numbered.Count > 0 ? numbered.Max(heading => heading.Section.Level) : 0;
        foreach (var (section, line) in numbered.Where(heading => heading.Section.Level == deepest))
        {
            var title = section.Text[line.TextIndex..].TrimEnd();
            var done = title.Length > 0 && DoneBoxes.Contains(title[^1], StringComparison.Ordinal);
            yield return new Form(
                line.Id, title.TrimEnd([.. DoneBoxes]).TrimEnd(), done ? PlanMark.Done : PlanMark.Pending, -1, section.Line,
                section.Above is { Level: > 0 } above ? above.Text : null, [], true);
        }
    }
}
