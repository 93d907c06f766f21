using System.CommandLine;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;

namespace Interlock.App.Cli;

/// <summary>The option <c>--durations</c>: <c>2.5.1=20m,2.5.2=90s</c>, or a file with one such pair a line.</summary>
internal static class DurationsOption
{
    /// <summary>Those that can be given a duration: a task made of parts takes none of its own.</summary>
    public static IReadOnlyList<TaskId> TasksOf(IEnumerable<WorkTask> tasks) => [.. tasks.Where(task => !task.IsWhole).Select(task => task.Id)];

    public static Option<string> Create() => new("--durations")
    {
        Description = "How long tasks take, as 2.5.1=20m,2.5.2=90s or a file with one a line; '*' stands for all others. Learned unless given",
        HelpName = "PAIRS|FILE",
    };

    /// <exception cref="BadInputException">A pair cannot be read, or names a task the story does not have.</exception>
    public static IReadOnlyDictionary<TaskId, TimeSpan> Read(VerbContext context, Option<string> option, IReadOnlyCollection<TaskId> known)
    {
        if (context.Parse.GetValue(option) is not { } text)
        {
            return new Dictionary<TaskId, TimeSpan>();
        }

        var path = Path.GetFullPath(text, Path.GetFullPath(context.Folder));
        return File.Exists(path)
            ? Parse(File.ReadAllLines(path).Select((line, index) => (Pair: line.Split('#')[0].Trim().TrimEnd(','), Where: $"{path}:{index + 1}")), known)
            : Parse(text.Split(',', StringSplitOptions.TrimEntries).Select(pair => (pair, "--durations")), known);
    }

    private static Dictionary<TaskId, TimeSpan> Parse(IEnumerable<(string Pair, string Where)> pairs, IReadOnlyCollection<TaskId> known)
    {
        var (durations, others) = (new Dictionary<TaskId, TimeSpan>(), (TimeSpan?)null);
        foreach (var (pair, where) in pairs.Where(pair => pair.Pair.Length > 0))
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is not [var name, var length] || DurationConverter.TryParse(length) is not { } duration)
            {
                throw new BadInputException($"{where}: '{pair}' is no duration of a task", "Write 2.5.1=20m; units are s, m, h and d", ExitCodes.Usage);
            }

            if (name == "*")
            {
                others = duration;
            }
            else if (!Identifiers.IsValid(name) || !known.Contains(new TaskId(name)))
            {
                throw new BadInputException($"{where}: the story has no task '{name}'", "List its tasks: interlock plan --story …", ExitCodes.Usage);
            }
            else if (!durations.TryAdd(new TaskId(name), duration))
            {
                throw new BadInputException($"{where}: task {name} is given twice", "Keep one of them", ExitCodes.Usage);
            }
        }

        foreach (var task in others is null ? [] : known)
        {
            durations.TryAdd(task, others!.Value);
        }

        return durations;
    }
}
