namespace Interlock.Domain.Plans;

/// <summary>
/// Any Markdown file with checkboxes. The file is a story; a task without an id goes by the headings it stands below and its words.
/// Lines such as <c>- [ ] ID: TASK-001 | Files: a, b | Dep: - | Agent: x</c> are read by their keys.
/// </summary>
public sealed class CheckList : IPlanFormat
{
    public string Name => "check-list";

    public IReadOnlyList<PlanLayout> Layouts { get; } =
    [
        new("plan/IMPLEMENTATION_PLAN.md", "IMPLEMENTATION_PLAN.md"), new("IMPLEMENTATION_PLAN.md", "IMPLEMENTATION_PLAN.md"), new("PLAN.md", "PLAN.md"),
        new("TODO.md", "TODO.md"),
    ];

    public bool HasMarks => true;

    public int Score(PlanInput input) =>
        input.Files.All(file => file.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || file.Path.EndsWith(".markdown", StringComparison.OrdinalIgnoreCase))
        && input.Files.Any(file => MarkdownPlan.CheckboxTexts(MarkdownFile.Read(file.Content.Span)).Any()) ? 20 : 0;

    public Plan Parse(PlanInput input, PlanReading reading) => MarkdownPlan.Parse(Name, input, reading, source => new CheckListReader(source).Read());

    public PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome) => PlanMarks.Tick(this, input, task, out outcome);
}

internal sealed class CheckListReader(OutlineSource source)
{
    // Such names say nothing; the folder does.
    private static readonly HashSet<string> Nameless = new(StringComparer.OrdinalIgnoreCase) { "tasks", "task", "readme", "index" };

    private readonly PlanDraft draft = new(source.Reading);
    private readonly Dictionary<string, int> equalTexts = [];
    private readonly StoryId story = new(PlanNames.Slug(
        Nameless.Contains(PlanNames.StemOf(source.File.Path)) ? PlanNames.FolderOf(source.File.Path) : PlanNames.StemOf(source.File.Path)));

    public PlanDraft Read()
    {
        draft.IdOf = id => $"{story}-{id}";
        var title = source.Outline.Sections.FirstOrDefault(section => section.Level == 1);
        draft.Stories.Add(new PlanStory(story, title?.Text ?? PlanNames.StemOf(source.File.Path), null, 1, title?.Line ?? 1));
        var texts = source.Outline.Items.Select(item => PipeLine.TryRead(item.Text) ?? TaskText.Read(item.Text)).ToList();
        var once = texts.Where(text => text.Id.Length > 0).CountBy(text => text.Id, StringComparer.OrdinalIgnoreCase).Where(id => id.Value == 1).Select(id => id.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var taskOf = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            var item = source.Outline.Items[i];
            taskOf[i] = Read(item, texts[i], item.Parent >= 0 ? taskOf[item.Parent] : -1, once.Contains(texts[i].Id));
        }

        return draft;
    }

    /// <summary>The index of the task in the draft; -1 when the item is none.</summary>
    private int Read(OutlineItem item, TaskText text, int parent, bool hasOwnId)
    {
        if (item.UnderCriteria && !source.Reading.CriteriaAsTasks && !text.HasNamedId)
        {
            draft.Criteria++;
            return -1;
        }

        OutlineMarks.WarnOfUnknown(item, source.Problems);
        var id = text.Title.Length == 0 && text.Id.Length == 0 ? "" : hasOwnId ? $"{story}-{text.Id}" : HashOf(item, text, parent);
        if (new TaskReader(story, source.Problems).Read(item.Box, item.Line, text, item.Section.Title, id) is not { } task)
        {
            source.Outline.Excluded.Count();
            return -1;
        }

        draft.Tasks.Add(task with
        {
            SourceId = text.Id.Length > 0 ? text.Id : id,
            Files = [.. task.Files.Concat(PlanPaths.InWords(item.Text)).Distinct(StringComparer.Ordinal)],
        });
        if (parent >= 0)
        {
            draft.Order.Add(parent, draft.Tasks.Count - 1, DependencyKind.Parent);
        }

        return draft.Tasks.Count - 1;
    }

    // Where ids are given twice they name nothing, and the words have to.
    private string HashOf(OutlineItem item, TaskText text, int parent)
    {
        var path = string.Join('\n', item.Section.Path.Select(section => section.Text)) + (parent >= 0 ? $"\n> {draft.Tasks[parent].Title}" : "");
        var words = $"{text.Id} {text.Title}".Trim().ToLowerInvariant();
        var key = $"{path}\n{words}";
        var ordinal = equalTexts[key] = equalTexts.GetValueOrDefault(key) + 1;
        return StableIds.For(story, path, words, ordinal);
    }
}

/// <summary>A task written as keys and values between bars.</summary>
internal static class PipeLine
{
    public static TaskText? TryRead(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("ID:", StringComparison.OrdinalIgnoreCase) || !text.Contains('|', StringComparison.Ordinal))
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = new List<string>();
        foreach (var part in text.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || colon > 16 || !values.TryAdd(part[..colon].Trim(), part[(colon + 1)..].Trim()))
            {
                rest.Add(part);
            }
        }

        string? Value(params string[] keys) => keys.Select(key => values.GetValueOrDefault(key)).FirstOrDefault(value => value is { Length: > 0 } and not "-");
        var written = TaskValues.Files(Value("Files", "File", "Path", "Paths") ?? "").ToList();
        var title = Value("Title", "Name", "Task", "Desc", "Description", "Goal") ?? string.Join(" | ", rest);
        return new TaskText(
            values["ID"], true, TaskText.Collapse(title.Length > 0 ? title : text), Value("Complexity", "Size"),
            [.. TaskValues.Dependencies(Value("Dep", "Deps", "Depends", "Depends on", "Dependencies") ?? "")],
            [.. written.Select(PlanPaths.Normalise).OfType<string>()], [.. written.Where(file => PlanPaths.Normalise(file) is null)], Value("Agent"), [], []);
    }
}
