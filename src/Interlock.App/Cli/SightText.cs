using System.Text.Json;
using Interlock.Engine.Projections;
using Interlock.Engine.Running;
using Interlock.Engine.Stores;

namespace Interlock.App.Cli;

/// <summary>What a run last found of its agents, as text and as JSON.</summary>
internal static class SightText
{
    public static void Print(Terminal terminal, RunSight? sight)
    {
        foreach (var agent in sight?.Agents ?? [])
        {
            terminal.MarkupLine($"  {Terminal.Markup(agent.Agent),-14} {Terminal.Markup(agent.Task),-8} [{Colour(agent.Health)}]{agent.Health,-8}[/] {Terminal.Markup(Because(agent))}");
            terminal.Line($"  {"",-32} {string.Join("; ", agent.Evidence)}");
        }

        if (sight?.Brake is { } brake)
        {
            terminal.MarkupLine($"  [yellow]No further agent starts[/]: {Terminal.Markup(brake.Message)}");
        }
    }

    /// <summary>The reason, with what was done about it.</summary>
    public static string Because(AgentSight sight) => sight.Step is { } step ? $"{sight.Reason}; it was {step}" : sight.Reason;

    public static string Colour(string health) => health switch
    {
        "healthy" => "green",
        "slow" => "blue",
        "idle" or "unknown" => "yellow",
        _ => "red",
    };

    public static void Write(Utf8JsonWriter writer, RunSight? sight)
    {
        writer.WriteStartArray("agents");
        foreach (var agent in sight?.Agents ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("agent_id", agent.Agent);
            writer.WriteString("task_id", agent.Task);
            writer.WriteNumber("fence", agent.Fence);
            Members(writer, agent);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WritePropertyName("brake");
        if (sight?.Brake is { } brake)
        {
            Answers.Write(writer, brake);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    /// <summary>Of one agent, within the object of it; all null when nothing was seen of it.</summary>
    public static void Members(Utf8JsonWriter writer, AgentSight? agent)
    {
        writer.WriteString("health", agent?.Health);
        writer.WriteString("reason", agent?.Reason);
        StatusFile.WriteList(writer, "evidence", agent?.Evidence ?? []);
        writer.WriteString("health_since", agent is null ? null : UtcConverter.Text(agent.Since));
        writer.WriteString("step", agent?.Step);
    }
}
