using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Plans.Export;

/// <summary>The lines that <c>bd import</c> takes: one issue each, with its story as a label.</summary>
internal static class BeadsText
{
    public static string Write(IReadOnlyList<WorkTask> tasks)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var task in tasks)
        {
            using (var writer = new Utf8JsonWriter(buffer, TaskMasterText.Readable with { Indented = false }))
            {
                Write(writer, task);
            }

            buffer.Write("\n"u8);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, WorkTask task)
    {
        writer.WriteStartObject();
        writer.WriteString("id", task.Id.Value);
        writer.WriteString("title", task.Title);
        if (task.Files.Count > 0)
        {
            writer.WriteString("description", $"Files: {PlanExport.Paths(task.Files)}");
        }

        writer.WriteString("status", Status(task.State));
        writer.WriteNumber("priority", Math.Clamp(task.Priority, 0, 4));
        writer.WriteString("issue_type", "task");
        WriteTime(writer, "created_at", task.CreatedAt);
        WriteTime(writer, "updated_at", task.UpdatedAt);
        if (Status(task.State) == "closed")
        {
            WriteTime(writer, "closed_at", task.CompletedAt ?? task.UpdatedAt);
            writer.WriteString("close_reason", task.State == TaskState.Cancelled ? "cancelled" : "done");
        }

        writer.WriteStartArray("labels");
        writer.WriteStringValue($"story:{task.Story}");
        writer.WriteEndArray();
        writer.WriteStartArray("dependencies");
        foreach (var id in task.Dependencies)
        {
            writer.WriteStartObject();
            writer.WriteString("issue_id", task.Id.Value);
            writer.WriteString("depends_on_id", id.Value);
            writer.WriteString("type", "blocks");
            WriteTime(writer, "created_at", task.CreatedAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset time) =>
        writer.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static string Status(TaskState state) => state switch
    {
        TaskState.Running or TaskState.Submitted or TaskState.Merging => "in_progress",
        TaskState.Merged or TaskState.Cancelled => "closed",
        TaskState.Dead => "blocked",
        _ => "open",
    };
}
