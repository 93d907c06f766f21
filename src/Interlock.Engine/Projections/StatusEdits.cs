using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;

namespace Interlock.Engine.Projections;

/// <summary>Turns edited members of a task in the status file into the task they describe.</summary>
internal static class StatusEdits
{
    /// <param name="changed">Members that differ from the last projection.</param>
    /// <param name="refused">Receives the members a person may not set this way, and why.</param>
    public static WorkTask Apply(WorkTask task, JsonObject node, IReadOnlyList<string> changed, List<string> refused)
    {
        foreach (var name in changed)
        {
            switch (name)
            {
                case "status" or "task_id" or "updated_at":
                    break;
                case "description" when StatusDoor.Text(node, name) is { Length: > 0 } title:
                    task = task with { Title = title };
                    break;
                case "notes":
                    task = task with { Notes = StatusDoor.Text(node, name) };
                    break;
                case "assigned_agent" when node[name] is null:
                    task = task with { AssignedAgent = null };
                    break;
                case "assigned_agent" when Identifiers.IsValid(StatusDoor.Text(node, name)):
                    task = task with { AssignedAgent = new AgentId(StatusDoor.Text(node, name)!) };
                    break;
                case "priority" when node[name] is JsonValue value && value.TryGetValue(out int priority) && priority >= 1:
                    task = task with { Priority = priority };
                    break;
                case "estimated_complexity" when Enum.TryParse<Complexity>(StatusDoor.Text(node, name), ignoreCase: true, out var complexity):
                    task = task with { Complexity = complexity };
                    break;
                case "dependencies" when Strings(node[name]) is { } ids && ids.All(Identifiers.IsValid) && !ids.Contains(task.Id.Value):
                    task = task with { Dependencies = [.. ids.Select(id => new TaskId(id))] };
                    break;
                case "files" when Strings(node[name]) is { } files && files.All(file => FilePattern.TryParse(file, out _, out _)):
                    task = task with { Files = files };
                    break;
                default:
                    if (StatusFile.OwnMembers.Contains(name) && node.ContainsKey(name) && IsNew(task, node, name))
                    {
                        refused.Add($"{name} (not a value that can be set by hand)");
                    }

                    break;
            }
        }

        return task with { Extra = StatusFile.ExtraOf(node, document: false) };
    }

    /// <summary>The story, also when it is written <c>story-2.5</c>.</summary>
    public static StoryId? StoryOf(JsonObject node)
    {
        var text = StatusDoor.Text(node, "story_id");
        var bare = text?.StartsWith("story-", StringComparison.Ordinal) == true ? text["story-".Length..] : text;
        return Identifiers.IsValid(bare) ? new StoryId(bare!) : null;
    }

    private static bool IsNew(WorkTask task, JsonObject node, string name) =>
        name is not ("story_id" or "epic_id" or "group" or "agent_type" or "created_at" or "actual_completion_time" or "retry_count" or "last_error")
        || (name == "story_id" && StoryOf(node) != task.Story);

    private static List<string>? Strings(JsonNode? node) =>
        node is JsonArray array && array.All(item => item?.GetValueKind() == JsonValueKind.String)
            ? [.. array.Select(item => item!.GetValue<string>())]
            : null;
}
