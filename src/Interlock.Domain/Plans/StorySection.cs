using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans;

/// <summary>The story being read, and what its lines say about it besides tasks.</summary>
internal sealed class StorySection(StoryHeading heading, StoryId id, int level, int depth, int priority, string? enclosingEpic, int line)
{
    private static readonly HashSet<string> Finished =
        new(StringComparer.OrdinalIgnoreCase) { "done", "complete", "completed", "closed", "finished" };

    private static readonly HashSet<string> Untouched =
        new(StringComparer.OrdinalIgnoreCase) { "draft", "planned", "planning", "pending", "not started", "todo", "to do", "backlog" };

    private string? epic;
    private (string Text, int Line)? status;

    public StoryId Id => id;

    /// <summary>A heading of this level or above ends the story.</summary>
    public int Level => level;

    /// <summary>Number of open headings up to the story's own; those beyond are its groups.</summary>
    public int Depth => depth;

    public int Line => line;

    public PlanStory ToPlanStory() => new(id, heading.Title, epic ?? enclosingEpic, priority, line);

    /// <summary>Reads <c>**Key**: value</c> and <c>**Key:** value</c>, several to a line; the first of a key counts.</summary>
    public void ReadMetadata(string text, int number, PlanProblems problems)
    {
        var rest = text.AsSpan().Trim().TrimStart("-*+ ");
        if (rest.Length == text.AsSpan().Trim().Length || !text.Contains("**", StringComparison.Ordinal))
        {
            return;
        }

        foreach (var part in $"**{rest}".Split("**", StringSplitOptions.None).Skip(1).Chunk(2).Where(part => part.Length == 2))
        {
            var key = part[0].Trim();
            var isKey = key.EndsWith(':') || part[1].TrimStart().StartsWith(':');
            var value = part[1].Trim(' ', '\t', ':', '·', '|', ',', ';');
            if (isKey && value.Length > 0)
            {
                Take(key.TrimEnd(':').Trim(), value, number, problems);
            }
        }
    }

    /// <summary>Says so when the story's own status and the ticks of its tasks cannot both be true.</summary>
    public void CompareWithTicks(IReadOnlyList<PlanTask> tasks, PlanProblems problems)
    {
        var open = tasks.Count(task => task.Mark != PlanMark.Done);
        var claim = status is { } written && Finished.Contains(written.Text) ? ("the story says " + written.Text, written.Line)
            : heading.Mark == PlanMark.Done ? ("the story's heading is ticked", line) : default;
        if (claim.Item1 is not null && open > 0)
        {
            problems.Info(
                "story-status-contradicts-ticks", claim.Item2,
                $"{claim.Item1}, but {Counted.Of(open, "task")} of {id} {(open == 1 ? "is" : "are")} not done",
                "Tick the tasks that are done or correct the status of the story.");
        }
        else if (status is { } early && Untouched.Contains(early.Text) && open == 0 && tasks.Count > 0)
        {
            problems.Info(
                "story-status-contradicts-ticks", early.Line, $"the story says {early.Text}, but all tasks of {id} are done",
                "Correct the status of the story or untick the tasks that are not done.");
        }
    }

    private void Take(string key, string value, int number, PlanProblems problems)
    {
        if (key.Equals("epic", StringComparison.OrdinalIgnoreCase))
        {
            epic ??= TaskText.Collapse(value);
        }
        else if (key.Equals("status", StringComparison.OrdinalIgnoreCase))
        {
            status ??= (value, number);
        }
        else if (key.Equals("story id", StringComparison.OrdinalIgnoreCase) && value.Trim('`') != id.Value)
        {
            problems.Warning(
                "story-id-mismatch", number, $"the story is headed {id} on line {line}, but its Story ID says {TaskText.Collapse(value)}",
                "Write the same id in both places; until then the heading counts.");
        }
    }
}
