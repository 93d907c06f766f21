namespace Interlock.Domain.Plans.Data;

/// <summary>
/// BMAD: epics, stories and the sprint's status, joined by the number of the story. A story is one task; only where a
/// story's file alone is named are its check boxes the tasks.
/// </summary>
public sealed class BmadFormat(IYamlReader yaml) : DataPlanFormat
{
    public const string FormatName = "bmad";

    public override string Name => FormatName;

    public override IReadOnlyList<PlanLayout> Layouts { get; } =
    [
        new("_bmad-output", "sprint-status.yaml", "epics.md", "implementation-artifacts/*.md", "planning-artifacts/epics/*.md", "implementation-artifacts/stories/*.md"),
        new("docs", "docs/sprint-status.yaml", "sprint-artifacts/*.md", "sprint-artifacts/stories/*.md", "docs/stories/*.md", "docs/prd/epic-*.md", "docs/epics/epic-*.md", "*.story.md"),
    ];

    public override int Score(PlanInput input)
    {
        var best = 0;
        foreach (var file in input.Files)
        {
            best = Math.Max(best, ScoreOf(file));
        }

        return best;
    }

    private static int ScoreOf(PlanFile file)
    {
        var content = file.Content.Span;
        var name = FileName(file.Path);
        if (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal))
        {
            return content.IndexOf("development_status:"u8) >= 0 ? 95 : name.StartsWith("sprint-status", StringComparison.Ordinal) ? 60 : 0;
        }

        if (!name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || content.IndexOf("Story "u8) < 0)
        {
            return 0;
        }

        var lines = MarkdownFile.Read(content).Lines.Where(line => line.Region == LineRegion.Text).ToList();
        var headings = lines.Select(line => Heading.TryRead(line.Visible)).OfType<Heading>().ToList();
        var isStory = headings.FirstOrDefault(heading => heading.Level == 1).Text is { } first && BmadNames.Story(first) is not null;
        var stories = headings.Exists(heading => heading.Level > 1 && BmadNames.Story(heading.Text) is not null);
        var epics = headings.Exists(heading => BmadNames.Epic(heading.Text) is not null);
        var boxes = lines.Exists(line => Checkbox.TryRead(line.Visible) is not null);
        var isTold = content.IndexOf("As a"u8) >= 0 || content.IndexOf("**Given"u8) >= 0 || content.IndexOf("Acceptance Criteria"u8) >= 0;
        return isStory ? (isTold || headings.Exists(heading => heading.Text.Contains("Tasks", StringComparison.Ordinal)) ? 90 : 50)
            : stories && epics && isTold && !boxes ? 92
            : stories && isTold && name.StartsWith("epic", StringComparison.OrdinalIgnoreCase) ? 92
            : 0;
    }

    private protected override PlanDraft Read(PlanInput input, PlanReading reading)
    {
        var draft = new PlanDraft(Name, input, reading);
        var reader = new BmadReader(draft, yaml);
        reader.Open();
        if (reader.OnlyStory is { } story)
        {
            new BmadStoryTasks(story, draft).Read();
        }
        else
        {
            reader.Join();
        }

        return draft;
    }

    /// <summary>A story's own file is a plan of tasks when it is read alone, and still holds the status of the story.</summary>
    private protected override PlanDraft? ReadOtherwise(PlanInput input)
    {
        var draft = new PlanDraft(Name, input, new PlanReading());
        var reader = new BmadReader(draft, yaml);
        reader.Open();
        if (reader.OnlyStory is null)
        {
            return null;
        }

        reader.Join();
        return draft;
    }
}
