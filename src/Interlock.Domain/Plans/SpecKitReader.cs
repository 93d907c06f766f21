using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>Reads the outline of one feature. Only checkboxes with a T-id are tasks.</summary>
internal sealed class SpecKitReader(OutlineSource source, string prefix)
{
    private readonly PlanDraft draft = new(source.Reading);
    private readonly List<SpecKitTask> found = [];
    private readonly Dictionary<Section, (int Line, int Count)> withoutId = [];
    private readonly StoryId story = new(PlanNames.Slug(PlanNames.FolderOf(source.File.Path)));

    public PlanDraft Read()
    {
        draft.IdOf = IdOf;
        var title = source.Outline.Sections.FirstOrDefault(section => section.Level == 1);
        draft.Stories.Add(new PlanStory(story, TitleOf(title?.Text) ?? PlanNames.FolderOf(source.File.Path), null, 1, title?.Line ?? 1));
        foreach (var item in source.Outline.Items)
        {
            Read(item);
        }

        ReportWithoutId();
        new SpecKitOrder(source.Outline, found, draft.Order).Read();
        return draft;
    }

    private void Read(OutlineItem item)
    {
        if (SpecKitLine.TryRead(item.Text) is { } line)
        {
            ReadTask(item, line);
        }
        else if (item.UnderCriteria || item.Parent >= 0)
        {
            draft.Criteria++;
        }
        else if (item.Box.PlanMark == PlanMark.Unknown && item.Box.Mark is [>= 'A' and <= 'Z'])
        {
            source.Outline.Excluded.Count();
            source.Problems.Info(
                "legend", item.Line.Number, $"'[{item.Box.Mark}]' explains a label and is no checkbox, so the line is left out",
                "Nothing to do; a task would begin with '- [ ] T001'.");
        }
        else
        {
            source.Outline.Excluded.Count();
            withoutId[item.Section] = withoutId.TryGetValue(item.Section, out var seen) ? (seen.Line, seen.Count + 1) : (item.Line.Number, 1);
        }
    }

    private void ReadTask(OutlineItem item, SpecKitLine line)
    {
        OutlineMarks.WarnOfUnknown(item, source.Problems);
        var text = TaskText.Read(item.Text, new TaskIdText(line.Id, line.TextIndex, true, false));
        var group = item.Section.Title;
        if (new TaskReader(story, source.Problems).Read(item.Box, item.Line, text, group, IdOf(line.Id)) is not { } task)
        {
            source.Outline.Excluded.Count();
            return;
        }

        var inline = InlineDependencies.In(item.Text[line.TextIndex..], item.Notes, 'T');
        found.Add(new SpecKitTask(draft.Tasks.Count, line, item.Section));
        draft.Tasks.Add(task with
        {
            SourceId = line.Id,
            DependenciesAsWritten = [.. task.DependenciesAsWritten.Concat(inline).Distinct(StringComparer.OrdinalIgnoreCase)],
            Files = [.. task.Files.Concat(PlanPaths.InWords(item.Text[line.TextIndex..])).Distinct(StringComparer.Ordinal)],
        });
    }

    private string IdOf(string written) => $"{prefix}-{written}";

    private static string? TitleOf(string? heading)
    {
        var title = heading?.Trim();
        return title is null ? null
            : title.StartsWith("Tasks:", StringComparison.OrdinalIgnoreCase) ? title[6..].Trim() is { Length: > 0 } rest ? rest : null
            : title;
    }

    private void ReportWithoutId()
    {
        foreach (var (section, (line, count)) in withoutId)
        {
            source.Problems.Info(
                "no-task-id", line,
                $"{Counted.Of(count, "checkbox")} {(section.Level == 0 ? "before the first heading" : $"under '{section.Text}' (line {section.Line})")} {(count == 1 ? "has" : "have")} no id such as T001 and {(count == 1 ? "is" : "are")} left out",
                "Give tasks an id, or read the file as a check list: --format check-list.");
        }
    }
}

/// <param name="Index">In the draft.</param>
internal sealed record SpecKitTask(int Index, SpecKitLine Line, Section Section);

/// <summary>Marks that are not understood, said once a line.</summary>
internal static class OutlineMarks
{
    public static void WarnOfUnknown(OutlineItem item, PlanProblems problems)
    {
        if (item.Box.PlanMark == PlanMark.Unknown)
        {
            problems.Warning(
                "unknown-mark", item.Line.Number, $"the mark '{TaskText.Collapse(item.Box.Mark)}' is neither a space nor an x; it counts as not done",
                "Write a space for what is to do and an x for what is done.");
        }
    }
}
