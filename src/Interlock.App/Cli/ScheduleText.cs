using System.Globalization;
using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Learning;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Simulation;
using Interlock.Engine.Learning;
using Interlock.Engine.Projections;

namespace Interlock.App.Cli;

/// <summary>What is said of schedules and estimates, the same in every verb.</summary>
internal static class ScheduleText
{
    /// <summary>Names of the causes of idle time, as people and programs read them.</summary>
    public static string Word(IdleCause cause) => cause switch
    {
        IdleCause.Dependencies => "dependencies",
        IdleCause.Files => "files",
        IdleCause.AgentLimit => "limit-agents",
        IdleCause.ModuleLimit => "limit-module",
        IdleCause.EpicLimit => "limit-epic",
        IdleCause.TypeLimit => "limit-type",
        IdleCause.NothingLeft => "nothing-left",
        _ => "other",
    };

    public static string Word(BoundKind kind) => kind switch
    {
        BoundKind.CriticalPath => "critical-path",
        BoundKind.Agents => "agents",
        BoundKind.Files => "files",
        BoundKind.Module => "module",
        BoundKind.Epic => "epic",
        BoundKind.Landing => "landing",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>Why no schedule can be shorter.</summary>
    public static string Because(Bound bound) => bound.Kind switch
    {
        BoundKind.CriticalPath => $"critical path {Path(bound.Tasks)}",
        BoundKind.Agents => "the work divided among the agents",
        BoundKind.Files => $"{Counted.Of(bound.Tasks.Count, "task")} share {(bound.Name.Length > 0 ? bound.Name : "files")}",
        BoundKind.Module => $"the limit of module '{bound.Name}'",
        BoundKind.Epic => $"the limit of epic '{bound.Name}'",
        BoundKind.Landing => "changes land in batches, one after the other",
        _ => Word(bound.Kind),
    };

    /// <summary>A path of tasks; of a long one the ends.</summary>
    public static string Path(IReadOnlyList<TaskId> tasks) => tasks.Count <= 8
        ? string.Join(" > ", tasks)
        : $"{string.Join(" > ", tasks.Take(4))} > … > {string.Join(" > ", tasks.TakeLast(3))}";

    /// <summary>Tasks in no order.</summary>
    public static string Listed(IReadOnlyList<TaskId> tasks) => string.Join(", ", tasks.Take(8)) + (tasks.Count > 8 ? $" and {tasks.Count - 8} more" : "");

    /// <summary>On what the durations rest.</summary>
    public static string Ground(Forecast forecast)
    {
        var given = forecast.Durations.Values.Count(estimate => estimate.Ground == EstimateGround.Given);
        var learned = forecast.Learned.Pace.Landed;
        var rest = forecast.Durations.Count - given;
        var parts = new List<string>();
        if (given > 0)
        {
            parts.Add($"{given} given");
        }

        if (rest > 0)
        {
            parts.Add(learned > 0
                ? $"{rest} learned from {Counted.Of(learned, "task")} that landed here"
                : $"{rest} by complexity alone (10, 20 and 40 min: no run has landed anything here yet)");
        }

        var checks = forecast.Learned.Pace.Landing switch
        {
            null => "the checks have never run here and count as nothing",
            { } time when time == TimeSpan.Zero => "no checks",
            { } time => $"checks take {Ages.Text(time)}",
        };
        return $"Durations: {string.Join(", ", parts)}; {checks}.";
    }

    /// <summary>Tasks of other stories that are taken as done.</summary>
    public static void PrintOutside(Terminal terminal, Forecast forecast)
    {
        if (forecast.Outside.Count > 0)
        {
            terminal.Line($"Taken as done: {Listed(forecast.Outside)} of other stories.");
        }
    }

    public static void Write(Utf8JsonWriter writer, Bound bound)
    {
        writer.WriteNumber("lower_bound", Seconds(bound.Value));
        writer.WriteStartObject("bound");
        writer.WriteString("kind", Word(bound.Kind));
        writer.WriteString("name", bound.Name);
        StatusFile.WriteList(writer, "tasks", bound.Tasks.Select(id => id.Value));
        writer.WriteEndObject();
    }

    public static void WriteEstimates(Utf8JsonWriter writer, IReadOnlyList<WorkTask> tasks, Forecast forecast, Limits limits)
    {
        writer.WriteStartArray("durations");
        foreach (var task in tasks.Where(task => forecast.Durations.ContainsKey(task.Id)))
        {
            var estimate = forecast.Durations[task.Id];
            writer.WriteStartObject();
            writer.WriteString("task_id", task.Id.Value);
            writer.WriteNumber("median", Seconds(estimate.Median));
            writer.WriteNumber("low", Seconds(estimate.Low));
            writer.WriteNumber("high", Seconds(estimate.High));
            writer.WriteNumber("samples", estimate.Samples);
            writer.WriteString("ground", estimate.Ground.ToString().ToLowerInvariant());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("likely_files");
        foreach (var task in tasks.Where(task => !task.IsFinished && !task.IsWhole))
        {
            foreach (var file in forecast.Learned.LikelyFilesOf(task, limits))
            {
                writer.WriteStartObject();
                writer.WriteString("task_id", task.Id.Value);
                writer.WriteString("path", file.Path);
                writer.WriteNumber("chance", Math.Round(file.Chance, 3));
                writer.WriteString("because", file.Because);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    public static string Times(double factor) => factor.ToString("0.0", CultureInfo.InvariantCulture);
}
