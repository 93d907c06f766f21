namespace Interlock.Domain.Plans.Data;

/// <summary>A folder of Backlog.md: one Markdown file a task, with YAML at its head. Check boxes in them are criteria.</summary>
public sealed class BacklogFormat(IYamlReader yaml) : DataPlanFormat
{
    public const string FormatName = "backlog-md";

    private static readonly string[] Areas = ["tasks/*.md", "completed/*.md", "drafts/*.md", "archive/tasks/*.md", "archive/drafts/*.md", "archive/completed/*.md", "archive/*.md"];

    public override string Name => FormatName;

    public override IReadOnlyList<PlanLayout> Layouts { get; } = [Layout("backlog"), Layout(".backlog"), new("tasks", "tasks/task-* - *.md")];

    public override int Score(PlanInput input)
    {
        if (input.Files.Count == 0 || !input.Files.All(file => IsTask(file) || IsConfig(file)))
        {
            return 0;
        }

        var tasks = input.Files.Where(IsTask).ToList();
        var named = tasks.Count(file => file.Content.Span.IndexOf("\nid:"u8) >= 0 && file.Content.Span.IndexOf("\nstatus:"u8) >= 0);
        return tasks.Count == 0 ? 0 : named == 0 ? (input.Files.Any(IsConfig) ? 20 : 0) : input.Files.Any(IsConfig) ? 95 : 85;
    }

    private protected override PlanDraft Read(PlanInput input, PlanReading reading)
    {
        var draft = new PlanDraft(Name, input, reading);
        new BacklogReader(draft, yaml).Read([.. input.Files.Where(IsTask)], input.Files.FirstOrDefault(IsConfig));
        return draft;
    }

    private static PlanLayout Layout(string folder) =>
        new(folder, [.. Areas.Select(area => $"{folder}/{area}"), $"{folder}/config.yml", $"{folder}/config.yaml"]);

    private static bool IsTask(PlanFile file) => file.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    private static bool IsConfig(PlanFile file) => FileName(file.Path) is "config.yml" or "config.yaml";
}
