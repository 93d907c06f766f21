using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans.Data;

/// <summary>The part of a Markdown file below its front matter: the check boxes in it and the paths it names.</summary>
internal static class MarkdownBody
{
    /// <summary>Counts each check box as a criterion, or as excluded where it is an example or no proper one.</summary>
    public static void CountCriteria(MarkdownFile file, int after, string path, PlanDraft draft)
    {
        var (hidden, odd, first) = (0, 0, 0);
        foreach (var line in file.Lines.Skip(after))
        {
            if (line.Region != LineRegion.Text)
            {
                var counts = ExcludedCheckboxes.IsCheckbox(line);
                hidden += counts ? 1 : 0;
                first = counts && first == 0 ? line.Number : first;
            }
            else if (Checkbox.TryRead(line.Visible) is { } box)
            {
                draft.Criteria += box.IsWellFormed ? 1 : 0;
                odd += box.IsWellFormed ? 0 : 1;
                first = !box.IsWellFormed && first == 0 ? line.Number : first;
            }
        }

        if (hidden + odd > 0)
        {
            draft.Excluded += hidden + odd;
            draft.Info(path, "not-a-criterion", first, $"{Counted.Of(hidden + odd, "checkbox")} in examples, comments or of an odd form {(hidden + odd == 1 ? "is" : "are")} left out", "Nothing to do.");
        }
    }

    /// <summary>The text of the sections that say what is to be done: not what was found out while doing it.</summary>
    public static string PlanText(MarkdownFile file, int after)
    {
        var wanted = true;
        var text = new List<string>();
        foreach (var line in file.Lines.Skip(after).Where(line => line.Region == LineRegion.Text))
        {
            if (Heading.TryRead(line.Visible) is { Level: <= 2 } heading)
            {
                wanted = !heading.Text.Contains("Notes", StringComparison.OrdinalIgnoreCase) && !heading.Text.Contains("Summary", StringComparison.OrdinalIgnoreCase)
                    && !heading.Text.Contains("Record", StringComparison.OrdinalIgnoreCase) && !heading.Text.Contains("Results", StringComparison.OrdinalIgnoreCase);
            }
            else if (wanted)
            {
                text.Add(line.Visible);
            }
        }

        return string.Join('\n', text);
    }
}
