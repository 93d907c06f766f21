using System.Buffers;

namespace Interlock.Domain.Plans;

/// <summary>
/// The grammar every id obeys before it may become part of a file name, a ref or an environment value:
/// <c>^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$</c>, without <c>..</c>, a trailing dot or <c>.lock</c> (git refuses such refs).
/// </summary>
public static class Identifiers
{
    public const string Grammar = "letters, digits, '.', '_' and '-', starting with a letter or digit, at most 64 characters, no '..'";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= 64 } && char.IsAsciiLetterOrDigit(text[0]) && text.AsSpan().IndexOfAnyExcept(Allowed) < 0 && !text.Contains("..", StringComparison.Ordinal)
        && !text.EndsWith('.') && !text.EndsWith(".lock", StringComparison.OrdinalIgnoreCase);

    internal static string Require(string text, string noun) => IsValid(text)
        ? text
        : throw new FormatException($"'{text}' is not a valid {noun} id: use {Grammar}");
}

/// <summary>Names a task for ever: the id as the plan writes it, such as <c>2.5.1</c>.</summary>
public readonly record struct TaskId(string Value) : IComparable<TaskId>
{
    /// <exception cref="FormatException">The text is outside <see cref="Identifiers.Grammar"/>.</exception>
    public static TaskId Parse(string text) => new(Identifiers.Require(text, "task"));

    /// <summary>Dotted numbers compare as numbers, so 2.5.10 follows 2.5.9.</summary>
    public int CompareTo(TaskId other) => NaturalOrder.Compare(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(TaskId left, TaskId right) => left.CompareTo(right) < 0;
    public static bool operator >(TaskId left, TaskId right) => left.CompareTo(right) > 0;
    public static bool operator <=(TaskId left, TaskId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(TaskId left, TaskId right) => left.CompareTo(right) >= 0;
}

/// <summary>Names a story, such as <c>2.5</c>. Story ids and task ids are separate namespaces.</summary>
public readonly record struct StoryId(string Value) : IComparable<StoryId>
{
    /// <exception cref="FormatException">The text is outside <see cref="Identifiers.Grammar"/>.</exception>
    public static StoryId Parse(string text) => new(Identifiers.Require(text, "story"));

    public int CompareTo(StoryId other) => NaturalOrder.Compare(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(StoryId left, StoryId right) => left.CompareTo(right) < 0;
    public static bool operator >(StoryId left, StoryId right) => left.CompareTo(right) > 0;
    public static bool operator <=(StoryId left, StoryId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(StoryId left, StoryId right) => left.CompareTo(right) >= 0;
}

/// <summary>Names an agent of the roster, such as <c>dev-oauth-1</c>, or a person's window.</summary>
public readonly record struct AgentId(string Value) : IComparable<AgentId>
{
    /// <exception cref="FormatException">The text is outside <see cref="Identifiers.Grammar"/>.</exception>
    public static AgentId Parse(string text) => new(Identifiers.Require(text, "agent"));

    public int CompareTo(AgentId other) => NaturalOrder.Compare(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(AgentId left, AgentId right) => left.CompareTo(right) < 0;
    public static bool operator >(AgentId left, AgentId right) => left.CompareTo(right) > 0;
    public static bool operator <=(AgentId left, AgentId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(AgentId left, AgentId right) => left.CompareTo(right) >= 0;
}

/// <summary>Compares runs of digits by value and everything else by ordinal.</summary>
public static class NaturalOrder
{
    public static int Compare(string left, string right)
    {
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                var a = DigitsAt(left, ref i);
                var b = DigitsAt(right, ref j);
                var order = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (order != 0)
                {
                    return order;
                }
            }
            else
            {
                var order = left[i++].CompareTo(right[j++]);
                if (order != 0)
                {
                    return order;
                }
            }
        }

        var rest = (left.Length - i).CompareTo(right.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(left, right);
    }

    private static ReadOnlySpan<char> DigitsAt(string text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        var digits = text.AsSpan(start, index - start).TrimStart('0');
        return digits;
    }
}
