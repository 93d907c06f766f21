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
                case "status" when StatusDoor.Text(node, name) is not null:
                case "task_id" or "updated_at":
                    break;
                case "description" when StatusDoor.Text(node, name) is { Length: > 0 } title:
                    task = task with { Title = title };
                    break;
                case "notes" when node[name] is null || StatusDoor.Text(node, name) is not null:
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
                case "estimated_complexity" when ComplexityOf(StatusDoor.Text(node, name)) is { } complexity:
                    task = task with { Complexity = complexity };
                    break;
                case "dependencies" when Strings(node[name]) is { } ids && ids.All(Identifiers.IsValid) && !ids.Contains(task.Id.Value):
                    task = task with { Dependencies = [.. ids.Select(id => new TaskId(id))] };
                    break;
                case "files" when Strings(node[name]) is { } files && files.All(file => FilePattern.TryParse(file, out _, out _)):
                    task = task with { Files = files };
                    break;
                default:
                    if (StatusFile.OwnMembers.Contains(name))
                    {
                        refused.Add($"{name} (not a value that can be set by hand)");
                    }

                    break;
            }
        }

        return changed.All(StatusFile.OwnMembers.Contains) ? task : task with { Extra = StatusFile.ExtraOf(node, document: false) };
    }

    /// <summary>The edited task, with its dependencies as they were when the new ones name no task or would close a circle.</summary>
    /// <param name="present">Ids of the edited file, which may add tasks together with what waits for them.</param>
    public static WorkTask WithSoundDependencies(
        WorkTask task, WorkTask edited, IReadOnlyList<WorkTask> tasks, IReadOnlyCollection<string> present, List<string> refused)
    {
        if (ReferenceEquals(task.Dependencies, edited.Dependencies))
        {
            return edited;
        }

        var byId = tasks.ToDictionary(other => other.Id, other => other.Dependencies);
        var dangling = edited.Dependencies.Where(id => !byId.ContainsKey(id) && !present.Contains(id.Value)).Select(id => id.Value).ToList();
        var circular = edited.Dependencies.Where(id => Reaches(byId, id, task.Id)).Select(id => id.Value).ToList();
        if (dangling.Count + circular.Count == 0)
        {
            return edited;
        }

        refused.Add(dangling.Count > 0
            ? $"dependencies (there is no task {string.Join(", ", dangling)})"
            : $"dependencies ({string.Join(", ", circular)} waits for {task.Id} already)");
        return edited with { Dependencies = task.Dependencies };
    }

    private static bool Reaches(Dictionary<TaskId, IReadOnlyList<TaskId>> byId, TaskId from, TaskId to)
    {
        var pending = new Stack<TaskId>([from]);
        var visited = new HashSet<TaskId>();
        while (pending.TryPop(out var at))
        {
            if (at == to)
            {
                return true;
            }

            if (visited.Add(at) && byId.TryGetValue(at, out var next))
            {
                foreach (var id in next)
                {
                    pending.Push(id);
                }
            }
        }

        return false;
    }

    /// <summary>The story, also when it is written <c>story-2.5</c>.</summary>
    public static StoryId? StoryOf(JsonObject node)
    {
        var text = StatusDoor.Text(node, "story_id");
        var bare = text?.StartsWith("story-", StringComparison.Ordinal) == true ? text["story-".Length..] : text;
        return Identifiers.IsValid(bare) ? new StoryId(bare!) : null;
    }

    // Enum.TryParse would take "7", and the status file could not be written any more.
    private static Complexity? ComplexityOf(string? word)
    {
        foreach (var complexity in Enum.GetValues<Complexity>())
        {
            if (StatusFile.ComplexityWord(complexity).Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return complexity;
            }
        }

        return null;
    }

    private static List<string>? Strings(JsonNode? node) =>
        node is JsonArray array && array.All(item => item?.GetValueKind() == JsonValueKind.String)
            ? [.. array.Select(item => item!.GetValue<string>())]
            : null;
}
