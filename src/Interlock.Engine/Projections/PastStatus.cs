using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>The status file as it was at an earlier revision, rebuilt from the log.</summary>
internal static class PastStatus
{
    /// <summary>
    /// What the author of an edited file had in front of it. Somebody who saves a file read a while ago would
    /// otherwise undo everything that happened since.
    /// </summary>
    public static JsonObject BaseOf(JsonObject edited, JsonObject last, IStore store) =>
        Revision(edited) is { } seen && Revision(last) is { } current && seen > 0 && seen < current ? At(seen, store) : last;

    /// <summary>A task as the status file shows it now.</summary>
    public static JsonObject Render(WorkTask task)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, StatusFile.Readable))
        {
            StatusFile.Write(writer, task);
        }

        return JsonNode.Parse(buffer.ToArray())!.AsObject();
    }

    private static JsonObject At(long revision, IStore store)
    {
        var (tasks, extra) = store.Read(reader => (EventReplay.Until(reader, revision).Tasks, reader.Meta(ProjectedFiles.StatusKey)));
        return StatusDoor.Parse(StatusFile.Render(tasks, revision, default, string.IsNullOrEmpty(extra) ? null : extra))!;
    }

    private static long? Revision(JsonObject document) => document["revision"] is JsonValue value && value.TryGetValue(out long revision) ? revision : null;
}
