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

/// <summary>Writes the marks of a story plan, leaving every other byte as it is.</summary>
public static class PlanMarks
{
    /// <summary>The bytes with the task's one mark byte set to <c>x</c>; null when there is nothing to change.</summary>
    public static byte[]? Tick(ReadOnlySpan<byte> utf8, TaskId task) => Tick(utf8, task, out _);

    /// <inheritdoc cref="Tick(ReadOnlySpan{byte}, TaskId)"/>
    public static byte[]? Tick(ReadOnlySpan<byte> utf8, TaskId task, out TickOutcome outcome)
    {
        var found = StoryPlanImporter.Parse(utf8, "").Tasks.FirstOrDefault(candidate => candidate.Id == task);
        outcome = found is null ? TickOutcome.NotFound
            : found.Mark == PlanMark.Done ? TickOutcome.AlreadyDone
            : IsOneByte(utf8, found.MarkOffset) ? TickOutcome.Ticked
            : TickOutcome.NotReplaceable;
        if (outcome != TickOutcome.Ticked)
        {
            return null;
        }

        var ticked = utf8.ToArray();
        ticked[found!.MarkOffset] = (byte)'x';
        return ticked;
    }

    /// <summary>The bytes with the task's one mark byte set to a space; null when it is not ticked or cannot be replaced.</summary>
    public static byte[]? Untick(ReadOnlySpan<byte> utf8, TaskId task)
    {
        var found = StoryPlanImporter.Parse(utf8, "").Tasks.FirstOrDefault(candidate => candidate.Id == task);
        if (found is not { Mark: PlanMark.Done } || !IsOneByte(utf8, found.MarkOffset))
        {
            return null;
        }

        var unticked = utf8.ToArray();
        unticked[found.MarkOffset] = (byte)' ';
        return unticked;
    }

    private static bool IsOneByte(ReadOnlySpan<byte> utf8, int offset) =>
        offset > 0 && offset + 1 < utf8.Length && utf8[offset - 1] == '[' && utf8[offset + 1] == ']';
}
