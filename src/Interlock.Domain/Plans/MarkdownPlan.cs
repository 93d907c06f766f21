using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>What a format made of one file, before ids and dependencies are settled.</summary>
internal sealed class PlanDraft(PlanReading reading)
{
    public List<PlanStory> Stories { get; } = [];

    public List<PlanTask> Tasks { get; } = [];

    public ImpliedOrder Order { get; } = new(reading);

    public int Criteria { get; set; }

    /// <summary>From an id as the file writes it to the id of the task.</summary>
    public Func<string, string>? IdOf { get; set; }
}

/// <summary>One file of a plan as the formats that are lists below headings see it.</summary>
internal sealed record OutlineSource(PlanFile File, MarkdownFile Markdown, Outline Outline, PlanProblems Problems, PlanReading Reading);

/// <summary>What all plans in outlines share: encoding, conflicts, fences, several files, counts.</summary>
internal static class MarkdownPlan
{
    public static Plan Parse(string format, PlanInput input, PlanReading reading, Func<OutlineSource, PlanDraft> read)
    {
        var parts = input.Files.Select(file => ParseFile(format, file, reading, read)).ToList();
        if (parts is [var only])
        {
            return only with { Source = input.Source };
        }

        var stories = parts.SelectMany(part => part.Stories).DistinctBy(story => story.Id).ToList();
        var problems = parts.SelectMany((part, index) => part.Problems.Select(problem => problem with { Path = input.Files[index].Path })).ToList();
        var tasks = new List<PlanTask>();
        var byId = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var task in parts.SelectMany(part => part.Tasks))
        {
            if (byId.TryAdd(task.Id.Value, tasks.Count))
            {
                tasks.Add(task);
                continue;
            }

            var first = tasks[byId[task.Id.Value]];
            tasks[byId[task.Id.Value]] = first with { Problem = first.Problem ?? "duplicate-task" };
            problems.Add(new PlanProblem(
                ProblemSeverity.Error, "duplicate-task", task.Line, $"task {task.Id} has the id of a task in {first.SourcePath}, line {first.Line}", "Give one of the two files another name.")
            {
                Path = task.SourcePath,
            });
        }

        var lost = parts.Sum(part => part.Tasks.Count) - tasks.Count;
        return new Plan(format, input.Source, stories, tasks, problems, new PlanCounts(
            parts.Sum(part => part.Counts.Checkboxes), tasks.Count, parts.Sum(part => part.Counts.Criteria), parts.Sum(part => part.Counts.Excluded) + lost));
    }

    /// <summary>Checkboxes in the text, for scores.</summary>
    public static IEnumerable<string> CheckboxTexts(MarkdownFile file) => file.Lines
        .Where(line => line.Region == LineRegion.Text)
        .Select(line => (line.Visible, Box: Checkbox.TryRead(line.Visible)))
        .Where(line => line.Box is { IsWellFormed: true })
        .Select(line => line.Visible[line.Box!.TextIndex..]);

    private static Plan ParseFile(string format, PlanFile file, PlanReading reading, Func<OutlineSource, PlanDraft> read)
    {
        var markdown = MarkdownFile.Read(file.Content.Span);
        var problems = new PlanProblems();
        MarkdownFaults.ReportEncoding(markdown, problems);
        if (ConflictMarkers.Report(markdown, problems))
        {
            var boxes = markdown.Lines.Count(ExcludedCheckboxes.IsCheckbox);
            return new Plan(format, file.Path, [], [], problems.InOrder(), new PlanCounts(boxes, 0, 0, boxes));
        }

        var outline = Outline.Read(markdown, problems);
        var draft = read(new OutlineSource(file, markdown, outline, problems, reading));
        var drafted = draft.Order.Apply([.. draft.Tasks.Select(task => task with { SourcePath = file.Path })]);
        var tasks = new PlanResolver(problems, outline.Excluded, draft.IdOf).Resolve(drafted);
        outline.Excluded.Report(problems, withOutside: false);
        MarkdownFaults.ReportUnbalanced(markdown, problems);
        ReportOrder(draft, problems);
        ReportEmpty(outline, tasks, problems);
        var total = tasks.Count + draft.Criteria + outline.Excluded.Total;
        return new Plan(
            format, file.Path, draft.Stories, tasks, problems.InOrder(), new PlanCounts(total, tasks.Count, draft.Criteria, outline.Excluded.Total));
    }

    private static void ReportOrder(PlanDraft draft, PlanProblems problems)
    {
        if (draft.Order.Shortened)
        {
            problems.Warning(
                "wide-phase", 0, "a phase has so many tasks that may run at once that the next one waits for the last of them only",
                "Split the phase, or write down which tasks the next phase needs.");
        }
    }

    private static void ReportEmpty(Outline outline, IReadOnlyList<PlanTask> tasks, PlanProblems problems)
    {
        if (tasks.Count == 0)
        {
            problems.Info(
                "no-tasks", 0, $"0 tasks; {CandidateHeadings.Describe(outline.Sections.Select(section => (section.Text, section.Line)))}",
                "Write tasks as list items with a checkbox: '- [ ] what is to be done'.");
        }
    }
}

/// <summary>Headings that look like work although no task stands below them.</summary>
internal static class CandidateHeadings
{
    private static readonly string[] Words = ["phase", "milestone", "step", "week", "day", "sprint", "task", "issue", "story", "epic", "stage", "iteration", "part"];

    public static string Describe(IEnumerable<(string Text, int Line)> headings)
    {
        var found = headings.Where(heading => IsCandidate(heading.Text)).ToList();
        var named = string.Join(", ", found.Take(3).Select(heading => $"'{heading.Text[..Math.Min(60, heading.Text.Length)]}' on line {heading.Line}"));
        return $"{Counted.Of(found.Count, "candidate heading")}{(found.Count > 0 ? $": {named}" : "")}{(found.Count > 3 ? ", …" : "")}";
    }

    private static bool IsCandidate(string text)
    {
        var words = text.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        var first = words is [var word, ..] ? word.Trim('#', '*', ':', '[', ']') : "";
        return (first.Length > 0 && char.IsAsciiDigit(first[0]))
            || (words.Length > 1 && Words.Contains(first.ToLowerInvariant()) && words[1].Any(char.IsAsciiDigit));
    }
}
