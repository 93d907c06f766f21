namespace Interlock.Domain.Plans;

/// <summary>
/// GitHub Spec Kit: <c>specs/NNN-slug/tasks.md</c> with <c>- [ ] T012 [P] [US1] text</c> in phases. A feature is a story; its
/// ids begin with the feature's number, because every feature starts again at T001.
/// </summary>
public sealed class SpecKit : IPlanFormat
{
    public string Name => "spec-kit";

    public IReadOnlyList<PlanLayout> Layouts { get; } = [new("specs", "specs/*/tasks.md"), new(".specify/specs", ".specify/specs/*/tasks.md")];

    public bool HasMarks => true;

    public int Score(PlanInput input)
    {
        var own = input.Files.Where(file => file.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && !IsAnothers(file.Path)).ToList();
        var texts = own.SelectMany(file => MarkdownPlan.CheckboxTexts(MarkdownFile.Read(file.Content.Span))).ToList();
        var tasks = texts.Count(text => SpecKitLine.TryRead(text) is not null);
        var placed = own.Exists(file => Layouts.Any(layout => file.Path.Split('/') is [.., "specs", _, "tasks.md"]));
        return own.Count < input.Files.Count ? 0
            : tasks > 0 && tasks * 3 >= texts.Count ? (placed ? 98 : 92)
            : placed ? 50 : 0;
    }

    public Plan Parse(PlanInput input, PlanReading reading)
    {
        // Two features may carry one number, made on two branches; then both go by their whole names.
        var shared = input.Files.Select(file => PlanNames.FolderOf(file.Path)).Distinct().CountBy(NumberOf).Where(number => number.Value > 1).Select(number => number.Key).ToHashSet();
        return Parse(input, reading, folder => shared.Contains(NumberOf(folder)) ? PlanNames.Slug(folder) : NumberOf(folder));
    }

    public PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome)
    {
        var ticked = PlanMarks.Tick(input, read => Parse(input, read, NumberOf), task, out outcome);
        return outcome != TickOutcome.NotFound ? ticked : PlanMarks.Tick(input, read => Parse(input, read, PlanNames.Slug), task, out outcome);
    }

    private Plan Parse(PlanInput input, PlanReading reading, Func<string, string> prefixOf) =>
        MarkdownPlan.Parse(Name, input, reading, source => new SpecKitReader(source, prefixOf(PlanNames.FolderOf(source.File.Path))).Read());

    private static bool IsAnothers(string path) => path.Split('/') is var segments
        && (segments.Contains(".kiro") || segments.Contains(".spec-workflow") || segments.Contains("openspec"));

    /// <summary><c>003</c> of <c>003-search</c>, <c>20260319-143022</c> of a feature named by its time; the whole name without one.</summary>
    private static string NumberOf(string folder)
    {
        var end = 0;
        while (end < folder.Length && (char.IsAsciiDigit(folder[end]) || (folder[end] == '-' && end > 0 && end + 1 < folder.Length && char.IsAsciiDigit(folder[end + 1]))))
        {
            end++;
        }

        var number = folder[..end];
        var whole = end is > 0 and <= 24 && (end == folder.Length || folder[end] is '-' or '_');
        return whole ? number : PlanNames.Slug(folder);
    }
}
