using System.Globalization;
using Interlock.Domain.Plans;

namespace Interlock.Engine.Protocol;

/// <summary>Ids of the tasks that Interlock makes itself: plain the first time, with a number from the second on.</summary>
internal static class TaskNames
{
    // An id has at most 64 characters; the end of a long one tells tasks apart.
    private const int LongestInAnother = 50;

    public static string Repair(StoryId story) => $"repair-{story}";

    /// <param name="task">Id of the task that is undone.</param>
    public static string Undo(string task) => $"undo-{(task.Length <= LongestInAnother ? task : task[^LongestInAnother..])}";

    public static TaskId Numbered(string name, int number) =>
        new(number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));

    /// <summary>True for the name itself and for any numbered one.</summary>
    public static bool IsNumbered(string id, string name) =>
        id == name || (id.StartsWith(name + "-", StringComparison.Ordinal) && id[(name.Length + 1)..].All(char.IsAsciiDigit));
}
