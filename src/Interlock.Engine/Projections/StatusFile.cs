using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>Shape of <c>agent_tasks/todo_progress.json</c>.</summary>
internal static class StatusFile
{
    public const string Path = "agent_tasks/todo_progress.json";

    public static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static readonly HashSet<string> OwnTop = ["$schema", "description", "version", "last_updated", "revision", "tasks"];

    public static readonly IReadOnlySet<string> OwnMembers = new HashSet<string>
    {
        "epic_id", "story_id", "task_id", "description", "status", "assigned_agent", "agent_type", "group", "priority", "created_at",
        "updated_at", "dependencies", "estimated_complexity", "actual_completion_time", "retry_count", "last_error", "files", "notes",
    };

    /// <param name="extra">Members of the document that are not ours, as a JSON object.</param>
    public static byte[] Render(IReadOnlyList<WorkTask> tasks, long revision, DateTimeOffset updated, string? extra)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            writer.WriteString("description", "Tasks of the plan and where they stand. Kept by interlock; edits are read back.");
            writer.WriteString("version", "1.0.0");
            writer.WriteString("last_updated", UtcConverter.Text(updated));
            writer.WriteNumber("revision", revision);
            WriteExtra(writer, extra);
            writer.WriteStartArray("tasks");
            foreach (var task in tasks)
            {
                Write(writer, task);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, WorkTask task)
    {
        writer.WriteStartObject();
        writer.WriteString("epic_id", task.Epic);
        writer.WriteString("story_id", task.Story.Value);
        writer.WriteString("task_id", task.Id.Value);
        writer.WriteString("description", task.Title);
        writer.WriteString("status", StatusWords.Of(task.State));
        writer.WriteString("assigned_agent", task.AssignedAgent?.Value);
        writer.WriteString("agent_type", task.AgentType);
        writer.WriteString("group", task.Group);
        writer.WriteNumber("priority", task.Priority);
        writer.WriteString("created_at", UtcConverter.Text(task.CreatedAt));
        writer.WriteString("updated_at", UtcConverter.Text(task.UpdatedAt));
        WriteList(writer, "dependencies", task.Dependencies.Select(id => id.Value));
        writer.WriteString("estimated_complexity", ComplexityWord(task.Complexity));
        writer.WriteString("actual_completion_time", task.CompletedAt is { } at ? UtcConverter.Text(at) : null);
        writer.WriteNumber("retry_count", task.Attempts);
        writer.WriteString("last_error", task.HeldBecause ?? task.LastError);
        WriteList(writer, "files", task.Files);
        writer.WriteString("notes", task.Notes);
        WriteExtra(writer, task.Extra);
        writer.WriteEndObject();
    }

    /// <summary>Members of a document or task that are not ours, as JSON; null when there are none.</summary>
    public static string? ExtraOf(JsonObject node, bool document)
    {
        var own = document ? OwnTop : OwnMembers;
        var rest = new JsonObject();
        foreach (var (name, value) in node)
        {
            if (!own.Contains(name))
            {
                rest[name] = value?.DeepClone();
            }
        }

        return rest.Count == 0 ? null : rest.ToJsonString();
    }

    public static string ComplexityWord(Complexity complexity) => complexity switch
    {
        Complexity.Low => "low",
        Complexity.Medium => "medium",
        Complexity.High => "high",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static void WriteExtra(Utf8JsonWriter writer, string? extra)
    {
        if (extra is null)
        {
            return;
        }

        using var document = JsonDocument.Parse(extra);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}
