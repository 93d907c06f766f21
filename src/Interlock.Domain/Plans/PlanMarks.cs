namespace Interlock.Domain.Plans;

/// <summary>What became of an attempt to tick a task.</summary>
public enum TickOutcome
{
    Ticked,
    AlreadyDone,
    NotFound,

    /// <summary>The mark takes more than one byte, or stands on a line that is not UTF-8: only a person can replace it.</summary>
    NotReplaceable,
}

/// <summary>Writes marks between brackets, leaving every other byte as it is.</summary>
public static class PlanMarks
{
    /// <summary>Reads the input and sets the task's one mark byte to <c>x</c>; null when there is nothing to change.</summary>
    public static PlanFile? Tick(IPlanFormat format, PlanInput input, TaskId task, out TickOutcome outcome) =>
        Tick(input, reading => format.Parse(input, reading), task, out outcome);

    /// <inheritdoc cref="Tick(IPlanFormat, PlanInput, TaskId, out TickOutcome)"/>
    internal static PlanFile? Tick(PlanInput input, Func<PlanReading, Plan> parse, TaskId task, out TickOutcome outcome)
    {
        // Criteria that were imported as tasks are found whatever the configuration says now.
        var found = parse(new PlanReading(CriteriaAsTasks: true)).Tasks.FirstOrDefault(candidate => candidate.Id == task);
        var file = found is null ? null : input.Files.FirstOrDefault(candidate => candidate.Path == found.SourcePath);
        outcome = found is null || file is null ? TickOutcome.NotFound
            : found.Mark == PlanMark.Done ? TickOutcome.AlreadyDone
            : IsOneByte(file.Content.Span, found.MarkOffset) ? TickOutcome.Ticked
            : TickOutcome.NotReplaceable;
        if (outcome != TickOutcome.Ticked)
        {
            return null;
        }

        var ticked = file!.Content.ToArray();
        ticked[found!.MarkOffset] = (byte)'x';
        return file with { Content = ticked };
    }

    private static bool IsOneByte(ReadOnlySpan<byte> utf8, int offset) =>
        offset > 0 && offset + 1 < utf8.Length && utf8[offset - 1] == '[' && utf8[offset + 1] == ']';
}
