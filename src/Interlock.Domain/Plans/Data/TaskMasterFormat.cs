namespace Interlock.Domain.Plans.Data;

/// <summary>
/// Task Master's <c>tasks.json</c>: tags with tasks and subtasks, or the flat list of older versions. Subtasks are tasks
/// of their own, named <c>parent.sub</c>.
/// </summary>
public sealed class TaskMasterFormat : DataPlanFormat
{
    public const string FormatName = "task-master";

    public override string Name => FormatName;

    public override IReadOnlyList<PlanLayout> Layouts { get; } =
    [
        new(".taskmaster/tasks/tasks.json", ".taskmaster/tasks/tasks.json"),
        new("tasks/tasks.json", "tasks/tasks.json"),
        new(".taskmaster/tasks.json", ".taskmaster/tasks.json"),
    ];

    public override int Score(PlanInput input)
    {
        if (input.Files is not [{ } file] || !file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var content = file.Content.Span;
        if (content.IndexOf("\"tasks\""u8) < 0)
        {
            return 0;
        }

        var named = file.Path.Contains("taskmaster/", StringComparison.OrdinalIgnoreCase) || FileName(file.Path) == "tasks.json";
        var looks = content.IndexOf("\"subtasks\""u8) >= 0 || content.IndexOf("\"dependencies\""u8) >= 0;
        return (named, looks) switch { (true, true) => 95, (true, false) => 80, (false, true) => 70, _ => 30 };
    }

    private protected override PlanDraft Read(PlanInput input, PlanReading reading)
    {
        var draft = new PlanDraft(Name, input, reading);
        foreach (var file in input.Files)
        {
            if (RawFile.Open(file, draft) is { } raw)
            {
                new TaskMasterReader(raw, draft).Read();
            }
        }

        return draft;
    }
}
