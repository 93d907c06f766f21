namespace Interlock.Domain.Plans.Data;

/// <summary>
/// The check boxes of one story's file, when that file alone is the plan: those at the left margin below <c>Tasks</c> are the
/// tasks, one after the other; those nested in them say when one is done.
/// </summary>
internal sealed class BmadStoryTasks(BmadStoryFile story, PlanDraft draft)
{
    private readonly Dictionary<string, int> equalTexts = [];
    private readonly StoryId id = DraftIds.Story(story.Mention.Id);
    private string? before;
    private bool isTasks;
    private int margin;

    public void Read()
    {
        draft.AddStory(id, story.Mention.Named, $"Epic {BmadNames.EpicOf(story.Mention.Id)}", story.Mention.Line);
        foreach (var line in story.File.Lines)
        {
            if (line.Region != LineRegion.Text)
            {
                if (ExcludedCheckboxes.IsCheckbox(line))
                {
                    draft.Exclude(story.Raw.File.Path, "hidden-checkbox", line.Number, "the checkbox stands in a code fence or a comment, so it is left out", "Move it into the text if it is meant.");
                }
            }
            else if (Heading.TryRead(line.Visible) is { } heading)
            {
                (isTasks, margin) = (heading.Text.Contains("Tasks", StringComparison.OrdinalIgnoreCase) || (isTasks && heading.Level > 2), int.MaxValue);
            }
            else if (Checkbox.TryRead(line.Visible) is { } box)
            {
                ReadBox(box, line);
            }
        }
    }

    private void ReadBox(Checkbox box, MarkdownLine line)
    {
        if (!box.IsWellFormed)
        {
            draft.Exclude(story.Raw.File.Path, "malformed-checkbox", line.Number, "this looks like a checkbox and is none, so it is left out", "Start the line with '- [ ] '.");
            return;
        }

        margin = Math.Min(margin, box.Indent);
        var text = TaskText.Read(line.Visible[box.TextIndex..]);
        if (!isTasks || (box.Indent > margin && !draft.Reading.CriteriaAsTasks) || text.Title.Length + text.Id.Length == 0)
        {
            draft.Criteria++;
            return;
        }

        Add(box, line, text);
    }

    private void Add(Checkbox box, MarkdownLine line, TaskText text)
    {
        if (box.PlanMark == PlanMark.Unknown)
        {
            draft.Warning(
                story.Raw.File.Path, "unknown-mark", line.Number, $"the mark '{TaskText.Collapse(box.Mark)}' is neither a space nor an x; it counts as not done",
                "Write a space for what is to do and an x for what is done.");
        }

        var key = Key(text);
        var task = new DraftTask
        {
            SourceId = text.Id,
            WantedId = key,
            Key = key,
            Story = id,
            Title = text.Title.Length > 0 ? text.Title : $"Task {text.Id}",
            Path = story.Raw.File.Path,
            Line = line.Number,
            Status = box.PlanMark switch { PlanMark.Done => PlanStatus.Done, PlanMark.Unknown => PlanStatus.Unknown, _ => PlanStatus.Pending },
            Files = text.Files,
            MarkOffset = line.ByteOffset(box.MarkIndex),
            Done = box.Mark.Length == 1 && char.IsAscii(box.Mark[0]) ? new DoneEdit(story.Raw.File.Path, line.ByteOffset(box.MarkIndex), 1, "x") : null,
        };
        if (before is not null)
        {
            task.After.Add((before, DependencyKind.Sequence));
        }

        before = key;
        draft.Tasks.Add(task);
    }

    private string Key(TaskText text)
    {
        if (text.Id.Length > 0)
        {
            return $"{story.Mention.Id}.{text.Id}";
        }

        var title = text.Title.ToLowerInvariant();
        var ordinal = equalTexts[title] = equalTexts.GetValueOrDefault(title) + 1;
        return $"{story.Mention.Id}-{DraftIds.Hash(title, $"{ordinal}")}";
    }
}
