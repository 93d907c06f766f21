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

/// <summary>Writes marks between brackets and boxes, leaving every other byte as it is.</summary>
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
            : TickedByte(file.Content.Span, found.MarkOffset) is not null ? TickOutcome.Ticked
            : TickOutcome.NotReplaceable;
        if (outcome != TickOutcome.Ticked)
        {
            return null;
        }

        var ticked = file!.Content.ToArray();
        ticked[found!.MarkOffset] = TickedByte(ticked, found.MarkOffset)!.Value;
        return file with { Content = ticked };
    }

    /// <summary>An x between brackets; ☑ for the box ☐, which differs in its last byte alone.</summary>
    private static byte? TickedByte(ReadOnlySpan<byte> utf8, int offset) =>
        offset > 0 && offset + 1 < utf8.Length && utf8[offset - 1] == '[' && utf8[offset + 1] == ']' ? (byte)'x'
        : offset > 1 && utf8[(offset - 2)..(offset + 1)].SequenceEqual("☐"u8) ? "☑"u8[2]
        : null;
}
