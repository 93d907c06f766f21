using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Plans.Export;

/// <summary>Task Master's <c>tasks.json</c>: all tasks under the tag <c>master</c>, with their ids as they are.</summary>
internal static class TaskMasterText
{
    public static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Write(IReadOnlyList<WorkTask> tasks, IReadOnlyDictionary<StoryId, string> titles)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("master");
            writer.WriteStartArray("tasks");
            foreach (var task in tasks)
            {
                Write(writer, task, titles);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, WorkTask task, IReadOnlyDictionary<StoryId, string> titles)
    {
        writer.WriteStartObject();
        writer.WriteString("id", task.Id.Value);
        writer.WriteString("title", task.Title);
        writer.WriteString("description", $"Story {task.Story}: {titles.GetValueOrDefault(task.Story, task.Story.Value)}");
        writer.WriteString("status", Status(task.State));
        writer.WriteStartArray("dependencies");
        foreach (var id in task.Dependencies)
        {
            writer.WriteStringValue(id.Value);
        }

        writer.WriteEndArray();
        writer.WriteString("priority", task.Priority switch { 1 => "high", 2 => "medium", _ => "low" });
        writer.WriteNumber("complexity", task.Complexity switch { Complexity.Low => 2, Complexity.High => 8, _ => 5 });
        writer.WriteStartArray("relevantFiles");
        foreach (var file in task.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("subtasks");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Status(TaskState state) => state switch
    {
        TaskState.Running => "in-progress",
        TaskState.Submitted or TaskState.Merging => "review",
        TaskState.Merged => "done",
        TaskState.Dead => "blocked",
        TaskState.Cancelled => "cancelled",
        _ => "pending",
    };
}
