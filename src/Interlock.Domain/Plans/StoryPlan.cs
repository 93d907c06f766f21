using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>
/// Reads plans written as <c>### Story 2.5: Title</c> with <c>- [ ] Task 2.5.1: text [Complexity: low] [Dependencies: Task 2.4.7]</c>.
/// Nothing is dropped silently: each checkbox line is a task, a criterion, or excluded with a problem that says why.
/// </summary>
public sealed class StoryPlan : IPlanFormat
{
    public string Name => "story-plan";

    public IReadOnlyList<PlanLayout> Layouts { get; } =
    [
        new("plan/IMPLEMENTATION_PLAN.md", "IMPLEMENTATION_PLAN.md"), new("IMPLEMENTATION_PLAN.md", "IMPLEMENTATION_PLAN.md"), new("PLAN.md", "PLAN.md"),
    ];

    public bool HasMarks => true;

    public int Score(PlanInput input)
    {
        if (input.Files is not [{ } only] || !only.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        var file = MarkdownFile.Read(only.Content.Span);
        var stories = file.Lines.Count(line => line.Region == LineRegion.Text && OpensStory(line.Visible));
        var boxes = file.Lines.Any(line => line.Region == LineRegion.Text && Checkbox.TryRead(line.Visible) is not null);
        return stories == 0 ? 10 : boxes ? 90 : 40;
    }

    public PlanFile? Tick(PlanInput input, TaskId task, out TickOutcome outcome) => PlanMarks.Tick(this, input, task, out outcome);

    /// <summary>Reads the one file of the input.</summary>
    public Plan Parse(PlanInput input, PlanReading reading)
    {
        var file = MarkdownFile.Read(input.Files[0].Content.Span);
        var source = input.Source;
        var problems = new PlanProblems();
        MarkdownFaults.ReportEncoding(file, problems);
        if (ConflictMarkers.Report(file, problems))
        {
            var boxes = file.Lines.Count(ExcludedCheckboxes.IsCheckbox);
            return new Plan(Name, source, [], [], problems.InOrder(), new PlanCounts(boxes, 0, 0, boxes));
        }

        var reader = new StoryPlanReader(file, problems, reading.CriteriaAsTasks);
        reader.Read();
        var tasks = new PlanResolver(problems, reader.Excluded).Resolve(reader.Tasks);
        tasks = [.. tasks.Select(task => task with { SourcePath = input.Files[0].Path })];
        var stories = Stories(reader, tasks, problems);
        reader.Excluded.Report(problems, withOutside: reader.Stories.Count > 0);
        MarkdownFaults.ReportUnbalanced(file, problems);

        var total = tasks.Count + reader.Criteria + reader.Excluded.Total;
        if (reader.Stories.Count == 0)
        {
            problems.Info(
                "no-stories", 0,
                $"no story heading among {Counted.Of(reader.HeadingCount, "heading")}, so none of {Counted.Of(total, "checkbox")} is a task: 0 tasks, {CandidateHeadings.Describe(HeadingsOf(file))}",
                "Write headings such as '### Story 2.5: Title' above the tasks, or name the format of the file.");
        }

        return new Plan(Name, source, stories, tasks, problems.InOrder(), new PlanCounts(total, tasks.Count, reader.Criteria, reader.Excluded.Total));
    }

    /// <summary>One story an id: the first heading's, with the tasks of all headings that carry the id.</summary>
    private static List<PlanStory> Stories(StoryPlanReader reader, IReadOnlyList<PlanTask> tasks, PlanProblems problems)
    {
        var tasksOf = tasks.ToLookup(task => task.Story);
        var first = new Dictionary<StoryId, PlanStory>();
        foreach (var section in reader.Stories)
        {
            var story = section.ToPlanStory();
            if (first.TryAdd(story.Id, story))
            {
                section.CompareWithTicks([.. tasksOf[story.Id]], problems);
            }
            else if (first[story.Id] is var other && other.Title != story.Title)
            {
                problems.Error(
                    "duplicate-story", story.Line,
                    $"story {story.Id} is '{other.Title}' on line {other.Line} and '{story.Title}' on line {story.Line}; the tasks of both are kept",
                    "Give one of the two stories an id of its own.");
            }
        }

        return [.. first.Values];
    }

    private static IEnumerable<(string Text, int Line)> HeadingsOf(MarkdownFile file) => file.Lines
        .Where(line => line.Region == LineRegion.Text)
        .Select(line => (Heading: Heading.TryRead(line.Visible), line.Number))
        .Where(line => line.Heading is not null)
        .Select(line => (line.Heading!.Value.Text, line.Number));

    private static bool OpensStory(string line) => Heading.TryRead(line) is { } heading
        ? heading.Level is >= 2 and <= 4 && StoryHeading.TryRead(heading.Text) is not null
        : StoryHeading.TryReadBold(line) is not null;
}
