namespace Interlock.Domain.Plans;

/// <summary>OpenSpec: <c>openspec/changes/&lt;change&gt;/tasks.md</c> with groups <c>## 1. Name</c> of <c>- [ ] 1.1 text</c>. A change is a story.</summary>
public sealed class OpenSpec : IPlanFormat
{
    private static readonly NumberedDialect Dialect = new(PhasesAreOrdered: true, DashIsStarted: false);

    public string Name => "openspec";

    public IReadOnlyList<PlanLayout> Layouts { get; } = [new("openspec/changes", "openspec/changes/*/tasks.md")];

    public bool HasMarks => true;

    public int Score(PlanInput input) => Numbered.Score(input, placed: path => path is [.., "openspec", "changes", _, "tasks.md"] or [.., "openspec", "changes", "archive", _, "tasks.md"], grouped: true);

    public Plan Parse(PlanInput input, PlanReading reading) => MarkdownPlan.Parse(Name, input, reading, source => new NumberedReader(source, Dialect).Read());

    public PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome) => PlanMarks.Tick(this, input, task, out outcome);
}

/// <summary>Kiro and spec-workflow: <c>.kiro/specs/&lt;spec&gt;/tasks.md</c> with <c>- [ ] 1. text</c> and <c>- [ ]* 1.1 text</c> below. A spec is a story.</summary>
public sealed class Kiro : IPlanFormat
{
    private static readonly NumberedDialect Dialect = new(PhasesAreOrdered: true, DashIsStarted: true);

    public string Name => "kiro";

    public IReadOnlyList<PlanLayout> Layouts { get; } =
        [new(".kiro/specs", ".kiro/specs/*/tasks.md"), new(".spec-workflow/specs", ".spec-workflow/specs/*/tasks.md")];

    public bool HasMarks => true;

    public int Score(PlanInput input)
    {
        var score = Numbered.Score(input, placed: path => path is [.., ".kiro" or ".spec-workflow", "specs", _, "tasks.md"], grouped: false);
        var names = score is > 0 and < 90 && input.Files.Any(file => file.Content.Span.IndexOf("_Requirements: "u8) >= 0 || file.Content.Span.IndexOf("_Leverage: "u8) >= 0);
        return names ? 85 : score;
    }

    public Plan Parse(PlanInput input, PlanReading reading) => MarkdownPlan.Parse(Name, input, reading, source => new NumberedReader(source, Dialect).Read());

    public PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome) => PlanMarks.Tick(this, input, task, out outcome);
}

internal static class Numbered
{
    /// <param name="placed">Whether a path, by its segments, is where the format keeps its plans.</param>
    /// <param name="grouped">True when the tasks stand below headings with numbers.</param>
    public static int Score(PlanInput input, Func<string[], bool> placed, bool grouped)
    {
        if (input.Files.Count > 0 && input.Files.All(file => placed(file.Path.Split('/'))))
        {
            return 96;
        }

        if (input.Files is not [{ } file] || !file.Path.EndsWith("tasks.md", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var markdown = MarkdownFile.Read(file.Content.Span);
        var ids = MarkdownPlan.CheckboxTexts(markdown).Select(text => NumberedLine.Read(text).Id).ToList();
        var numbered = ids.Count(id => id.Length > 0 && char.IsAsciiDigit(id[0]));
        var headings = markdown.Lines.Count(line => line.Region == LineRegion.Text && Heading.TryRead(line.Visible) is { Level: > 1 } heading && NumberedLine.Read(heading.Text).Id.Length > 0);
        return numbered * 2 < ids.Count || numbered == 0 ? 0 : grouped == headings > 0 ? 60 : 30;
    }
}
