namespace Interlock.Domain.Plans;

/// <summary>Walks the lines of a story plan once, keeping track of headings, the story and the nesting of list items.</summary>
internal sealed class StoryPlanReader(MarkdownFile file, PlanProblems problems, bool criteriaAsTasks)
{
    private readonly List<Heading> headings = [];
    private readonly Stack<int> taskIndents = new();
    private readonly List<PlanTask> tasks = [];
    private readonly List<StorySection> stories = [];
    private readonly ExcludedCheckboxes excluded = new();
    private readonly Dictionary<(string Section, string Text), int> equalTexts = [];
    private StorySection? story;
    private (string Text, int Line) section = ("", 0);
    private bool labelNamesCriteria;
    private int headingCount;
    private int criteria;

    public IReadOnlyList<PlanTask> Tasks => tasks;

    public IReadOnlyList<StorySection> Stories => stories;

    public ExcludedCheckboxes Excluded => excluded;

    public int HeadingCount => headingCount;

    public int Criteria => criteria;

    private bool UnderCriteria => !criteriaAsTasks && (labelNamesCriteria || headings.Skip(story?.Depth ?? 0).Any(heading => Heading.NamesCriteria(heading.Text)));

    public void Read()
    {
        for (var i = 0; i < file.Lines.Count; i++)
        {
            var line = file.Lines[i];
            if (line.Region != LineRegion.Text)
            {
                excluded.CountHidden(line);
            }
            else if (!string.IsNullOrWhiteSpace(line.Visible))
            {
                ReadLine(line, i);
            }
        }
    }

    private void ReadLine(MarkdownLine line, int index)
    {
        if (Heading.TryRead(line.Visible) is { } heading)
        {
            Open(heading, line.Number);
        }
        else if (Checkbox.TryRead(line.Visible) is { } checkbox)
        {
            ReadCheckbox(checkbox, line, index);
        }
        else if (StoryHeading.TryReadBold(line.Visible) is { } bold)
        {
            OpenBold(bold, line.Number);
        }
        else
        {
            excluded.CountPartlyHidden(line);
            ReadProse(line);
        }
    }

    private void Open(Heading heading, int number)
    {
        headingCount++;
        headings.RemoveAll(open => open.Level >= heading.Level);
        headings.Add(heading);
        StartSection(heading.Text, number);
        if (story is not null && heading.Level <= story.Level)
        {
            story = null;
        }

        if (StoryHeading.TryRead(heading.Text) is not { } named)
        {
            return;
        }

        if (heading.Level is >= 2 and <= 4)
        {
            OpenStory(named, heading.Level, number);
            return;
        }

        problems.Warning(
            "story-level", number, $"'{heading.Text}' is a heading of level {heading.Level}, so it does not open a story",
            "Write story headings with two, three or four '#'.");
    }

    private void OpenBold(StoryHeading bold, int number)
    {
        headingCount++;
        var level = story?.Level ?? headings.LastOrDefault().Level;
        headings.RemoveAll(open => open.Level > level);
        StartSection($"Story {bold.Id}", number);
        OpenStory(bold, level, number);
    }

    private void StartSection(string text, int number)
    {
        section = (text, number);
        labelNamesCriteria = false;
        taskIndents.Clear();
    }

    private void OpenStory(StoryHeading named, int level, int number)
    {
        if (!Identifiers.IsValid(named.Id))
        {
            story = null;
            problems.Error(
                "invalid-id", number, $"'{named.Id}' cannot be the id of a story, so its tasks are left out",
                $"Use {Identifiers.Grammar}.");
            return;
        }

        story = new StorySection(named, new StoryId(named.Id), level, headings.Count, Priority(), Epic(), number);
        stories.Add(story);
    }

    private int Priority()
    {
        foreach (var heading in Enumerable.Reverse(headings))
        {
            if (heading.Text.StartsWith("Priority ", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(heading.Text.AsSpan(9).TrimStart() is var rest && rest.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end
                    ? rest[..end] : rest, out var priority) && priority > 0)
            {
                return priority;
            }
        }

        return 1;
    }

    private string? Epic() =>
        headings.LastOrDefault(heading => heading.Text.StartsWith("Epic ", StringComparison.OrdinalIgnoreCase)).Text;

    private void ReadProse(MarkdownLine line)
    {
        var start = Checkbox.SkipSpace(line.Visible, 0);
        CloseTasksFrom(Checkbox.Columns(line.Visible, start));
        story?.ReadMetadata(line.Visible, line.Number, problems);

        var label = line.Visible.AsSpan().Trim();
        var isBold = label.Length > 4 && label.StartsWith("**") && label.TrimEnd(':').EndsWith("**");
        if (isBold || (label[^1] == ':' && Heading.NamesCriteria(label.ToString())))
        {
            labelNamesCriteria = Heading.NamesCriteria(label.ToString());
        }
    }

    /// <summary>A list item ends the tasks it is not nested under.</summary>
    private void CloseTasksFrom(int indent)
    {
        while (taskIndents.TryPeek(out var open) && open >= indent)
        {
            taskIndents.Pop();
        }
    }

    private void ReadCheckbox(Checkbox checkbox, MarkdownLine line, int index)
    {
        CloseTasksFrom(checkbox.Indent);
        if (!checkbox.IsWellFormed)
        {
            excluded.Count();
            problems.Warning(
                "malformed-checkbox", line.Number, "this looks like a checkbox and is none, so it is left out",
                "Start the line with '- [ ] ': a bullet, one character between the brackets, then the text.");
            return;
        }

        var text = TaskText.Read(line.Visible[checkbox.TextIndex..] + Wrapped.After(file, index, checkbox.Indent));
        if (story is null)
        {
            excluded.CountOutside(section, text.Id, line.Number);
            return;
        }

        WarnOfUnknownMark(checkbox, line);
        var isCriterion = text.Id.Length == 0 ? UnderCriteria || taskIndents.Count > 0 : UnderCriteria && !text.HasNamedId;
        if (isCriterion)
        {
            criteria++;
        }
        else if (new TaskReader(story.Id, problems).Read(checkbox, line, text, Group(), IdFor(text)) is { } task)
        {
            tasks.Add(task);
            taskIndents.Push(checkbox.Indent);
        }
        else
        {
            excluded.Count();
        }
    }

    private string? Group() => headings.Count > story!.Depth ? headings[^1].Text : null;

    private string IdFor(TaskText text)
    {
        if (text.Id.Length > 0 || text.Title.Length == 0)
        {
            return text.Id;
        }

        var path = string.Join('\n', headings.Skip(story!.Depth).Select(heading => heading.Text));
        var key = (Section: $"{story.Id}\n{path}", Text: text.Title.ToLowerInvariant());
        var ordinal = equalTexts[key] = equalTexts.GetValueOrDefault(key) + 1;
        return StableIds.For(story.Id, path, key.Text, ordinal);
    }

    private void WarnOfUnknownMark(Checkbox checkbox, MarkdownLine line)
    {
        if (checkbox.PlanMark == PlanMark.Unknown)
        {
            problems.Warning(
                "unknown-mark", line.Number, $"the mark '{TaskText.Collapse(checkbox.Mark)}' is neither a space nor an x; it counts as not done",
                "Write a space for what is to do and an x for what is done.");
        }
    }
}
