using Interlock.Domain.Plans;

namespace Interlock.Domain.Messaging;

/// <summary>What may stand in <see cref="Message.To"/>.</summary>
public static class Address
{
    public const string Everybody = "all";

    /// <summary>Most receivers of one message.</summary>
    public const int Most = 50;

    private const string TaskPrefix = "task:";

    public static bool IsValid(string text) => Identifiers.IsValid(text) || TaskOf(text) is not null;

    /// <summary>The task whose holder is meant; null when the address is of another kind.</summary>
    public static TaskId? TaskOf(string text) =>
        text.StartsWith(TaskPrefix, StringComparison.Ordinal) && Identifiers.IsValid(text[TaskPrefix.Length..]) ? new TaskId(text[TaskPrefix.Length..]) : null;
}
