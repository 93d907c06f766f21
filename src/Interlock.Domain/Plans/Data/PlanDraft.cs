namespace Interlock.Domain.Plans.Data;

/// <summary>Collects what a reader of data files finds, and makes the plan of it.</summary>
internal sealed class PlanDraft(string format, PlanInput input, PlanReading reading)
{
    private readonly PlanProblems problems = new();
    private readonly List<PlanStory> stories = [];
    private readonly HashSet<StoryId> storyIds = [];
    private readonly List<DraftTask> tasks = [];

    public PlanInput Input => input;

    public PlanReading Reading => reading;

    public List<DraftTask> Tasks => tasks;

    /// <summary>Items that say when a task is done.</summary>
    public int Criteria { get; set; }

    /// <summary>Items that are neither; each has been reported.</summary>
    public int Excluded { get; set; }

    /// <summary>True once something made the file unreadable: a plan without tasks is then no statement about them.</summary>
    public bool IsBroken { get; private set; }

    public bool HasStory(StoryId id) => storyIds.Contains(id);

    public void AddStory(StoryId id, string title, string? epic, int line)
    {
        if (storyIds.Add(id))
        {
            stories.Add(new PlanStory(id, title, epic, 1, line));
        }
    }

    public void Info(string path, string code, int line, string message, string hint) => problems.Info(code, line, In(path, message), hint);

    public void Warning(string path, string code, int line, string message, string hint) => problems.Warning(code, line, In(path, message), hint);

    public void Error(string path, string code, int line, string message, string hint)
    {
        IsBroken |= code is "conflict-marker" or "not-utf8" or "invalid-json" or "invalid-yaml";
        problems.Error(code, line, In(path, message), hint);
    }

    /// <summary>Leaves an item out, aloud.</summary>
    public void Exclude(string path, string code, int line, string message, string hint)
    {
        Excluded++;
        Warning(path, code, line, message, hint);
    }

    public Plan ToPlan()
    {
        var resolved = new DraftResolver(this).Resolve();
        return new Plan(
            format, input.Source, stories, resolved, problems.InOrder(),
            new PlanCounts(resolved.Count + Criteria + Excluded, resolved.Count, Criteria, Excluded));
    }

    /// <summary>The one file that changes when a task is made done; null when nothing changes.</summary>
    public PlanFile? Tick(TaskId task, out TickOutcome outcome)
    {
        var resolved = new DraftResolver(this).Resolve();
        var index = resolved.Select((known, at) => (known, at)).Where(pair => pair.known.Id == task).Select(pair => pair.at).DefaultIfEmpty(-1).First();
        var edit = index < 0 ? null : tasks[index].Done;
        outcome = index < 0 ? TickOutcome.NotFound
            : tasks[index].Status == PlanStatus.Done ? TickOutcome.AlreadyDone
            : edit is null ? TickOutcome.NotReplaceable
            : TickOutcome.Ticked;
        return outcome == TickOutcome.Ticked ? Apply(edit!) : null;
    }

    private PlanFile Apply(DoneEdit edit)
    {
        var content = input.Files.First(file => file.Path == edit.Path).Content.Span;
        var changed = new List<byte>(content.Length + edit.Replacement.Length);
        changed.AddRange(content[..edit.Offset]);
        changed.AddRange(System.Text.Encoding.UTF8.GetBytes(edit.Replacement));
        changed.AddRange(content[(edit.Offset + edit.Length)..]);
        return new PlanFile(edit.Path, changed.ToArray());
    }

    // A problem knows its line only, so where there are several files the message says which.
    private string In(string path, string message) => input.Files.Count > 1 ? $"{path}: {message}" : message;
}
