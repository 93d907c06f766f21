using System.Text.Json;
using Interlock.Domain.Leasing;
using Interlock.Domain.Learning;
using Interlock.Domain.Plans;
using Interlock.Domain.Simulation;
using Interlock.Engine;
using Interlock.Engine.Learning;

namespace Interlock.App.Cli;

/// <summary>How long what is left of a story will take with all agents there are. Work under way counts as not begun.</summary>
internal sealed record Remaining(StoryId Story, int Agents, TimeSpan Expected, TimeSpan Low, TimeSpan High)
{
    /// <summary>Null when nothing is left that could be done.</summary>
    public static async Task<Remaining?> OfAsync(Workspace workspace, StoryId story, CancellationToken cancellation)
    {
        var forecast = await Forecast.OfAsync(workspace, story, new Dictionary<TaskId, TimeSpan>(), cancellation);
        var expected = Simulator.Run(forecast.Workload);
        return expected.Assignments.Count == 0 ? null : new Remaining(
            story, forecast.Workload.Workers.Count, expected.Makespan, Run(estimate => estimate.Low), Run(estimate => estimate.High));

        TimeSpan Run(Func<DurationEstimate, TimeSpan> pick) => Simulator.Run(forecast.At(pick)).Makespan;
    }

    public void Print(Terminal terminal)
    {
        terminal.Line();
        terminal.Line($"About {Ages.Text(Expected)} left with {Counted.Of(Agents, "agent")} ({Ages.Text(Low)} to {Ages.Text(High)}): interlock simulate --story {Story}");
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("remaining");
        writer.WriteNumber("agents", Agents);
        writer.WriteNumber("makespan", ScheduleText.Seconds(Expected));
        writer.WriteNumber("low", ScheduleText.Seconds(Low));
        writer.WriteNumber("high", ScheduleText.Seconds(High));
        writer.WriteEndObject();
    }
}
