namespace Interlock.Domain.Plans;

public enum SuggestionState
{
    Open,
    Accepted,
    Declined,
}

/// <summary>A task that an agent found missing. It is no task: nobody can claim it before a person has accepted it.</summary>
public sealed record Suggestion
{
    /// <summary>Most that one agent may have open.</summary>
    public const int MostOpen = 20;

    public const int MostText = 2000;

    /// <summary>The id the task gets.</summary>
    public required TaskId Id { get; init; }

    public required StoryId Story { get; init; }
    public required string Title { get; init; }
    public required AgentId By { get; init; }

    /// <summary>Why it is needed.</summary>
    public string Reason { get; init; } = "";

    public IReadOnlyList<TaskId> Dependencies { get; init; } = [];
    public IReadOnlyList<string> Files { get; init; } = [];
    public DateTimeOffset At { get; init; }
    public SuggestionState State { get; init; }

    /// <summary>As a proposal among those of the plan.</summary>
    public PlanProposal AsProposal() => new(Id, PlanProposalKind.Add, $"{By} suggests task {Id} for story {Story}: {Title}{(Reason.Length == 0 ? "" : $" ({Reason})")}");

    /// <summary>The first free number after the story's own.</summary>
    /// <param name="taken">Ids of every task and suggestion.</param>
    public static TaskId NextId(StoryId story, IReadOnlySet<TaskId> taken)
    {
        var prefix = $"{story}.";
        var last = taken.Where(id => id.Value.StartsWith(prefix, StringComparison.Ordinal))
            .Select(id => int.TryParse(id.Value.AsSpan(prefix.Length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0)
            .DefaultIfEmpty(0).Max();
        TaskId next;
        do
        {
            next = new TaskId(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{++last}"));
        }
        while (taken.Contains(next));
        return next;
    }
}
