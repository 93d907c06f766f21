using System.Text.Json;
using System.Text.Json.Nodes;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>
/// Merges hand edits of <c>todo_progress.json</c>: what differs between the file and its last projection is what
/// somebody wanted, and is applied to the state as it is now.
/// </summary>
internal sealed class StatusDoor(string root, TaskProtocol protocol, Func<bool> automatedRunIsActive, Func<string, byte[], string> quarantine)
{
    private readonly IStore store = protocol.Store;
    private readonly Clock clock = protocol.Clock;

    public void Reconcile(Dictionary<string, byte[]> seen)
    {
        var known = store.Read(reader => reader.Projection(StatusFile.Path));
        var bytes = ProjectedFiles.ReadIfThere(Path.Combine(root, StatusFile.Path));
        if (bytes is null)
        {
            if (known is not null)
            {
                Log("status.restored", $"{StatusFile.Path} was deleted and is written anew");
            }

            return;
        }

        if (known is not null && known.AsSpan().SequenceEqual(bytes))
        {
            return;
        }

        seen[StatusFile.Path] = bytes;
        if (Parse(bytes) is not { } edited)
        {
            var copy = quarantine(StatusFile.Path, bytes);
            Log("status.quarantined", $"{StatusFile.Path} is not readable JSON; a copy is kept at {copy} and the file is written anew");
            return;
        }

        if (known is null)
        {
            LegacyStatus.Remember(protocol, edited, quarantine(StatusFile.Path, bytes));
            return;
        }

        Merge(Parse(known)!, edited);
    }

    internal static JsonObject? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) is JsonObject { } node && node["tasks"] is JsonArray ? node : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // A duplicate member only shows once the object is looked into.
            return null;
        }
    }

    internal static Dictionary<string, JsonObject> TasksOf(JsonObject document)
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var node in (JsonArray)document["tasks"]!)
        {
            if (node is JsonObject task && Text(task, "task_id") is { } id)
            {
                found.TryAdd(id, task);
            }
        }

        return found;
    }

    internal static string? Text(JsonObject node, string name) =>
        node[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private void Merge(JsonObject before, JsonObject after)
    {
        var extra = StatusFile.ExtraOf(after, document: true);
        if (extra != StatusFile.ExtraOf(before, document: true))
        {
            store.Write(transaction =>
            {
                ProjectedFiles.SetStatusExtra(transaction, extra);
                transaction.Append(clock.Now, "status.edited", "members of the document were changed by hand");
                return true;
            });
        }

        var old = TasksOf(before);
        var now = TasksOf(after);
        foreach (var (id, node) in now)
        {
            if (!old.TryGetValue(id, out var was))
            {
                Add(id, node);
            }
            else if (!JsonNode.DeepEquals(was, node))
            {
                Change(new TaskId(id), was, node);
            }
        }

        var missing = old.Keys.Where(id => !now.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            Log("status.restored", $"tasks removed by hand are put back: {string.Join(", ", missing)}; to take one out: interlock cancel");
        }
    }

    private void Change(TaskId id, JsonObject was, JsonObject node)
    {
        var changed = node.Where(member => !JsonNode.DeepEquals(was[member.Key], member.Value)).Select(member => member.Key)
            .Union(was.Where(member => !node.ContainsKey(member.Key)).Select(member => member.Key)).ToList();
        var refused = new List<string>();
        store.Write(transaction =>
        {
            if (transaction.FindTask(id) is not { } task)
            {
                return false;
            }

            var edited = StatusEdits.Apply(task, node, changed, refused);
            if (edited != task)
            {
                transaction.Put(edited with { UpdatedAt = clock.Now });
                transaction.Append(clock.Now, "task.edited-by-hand", $"{string.Join(", ", changed.Except(refused).Where(name => name != "status"))} changed in {StatusFile.Path}", id);
            }

            return true;
        });
        if (changed.Contains("status") && Text(node, "status") is { } wanted)
        {
            MoveTo(id, wanted, Text(node, "assigned_agent"), refused);
        }

        if (refused.Count > 0)
        {
            Log("status.refused", $"not taken over from {StatusFile.Path}: {string.Join(", ", refused)}", id);
        }
    }

    private void MoveTo(TaskId id, string wanted, string? agent, List<string> refused)
    {
        var task = store.Read(reader => reader.FindTask(id));
        if (task is null || StatusWords.Of(task.State) == wanted)
        {
            return;
        }

        var refusal = wanted switch
        {
            StatusWords.Completed => protocol.CompleteByHand(id, automatedRunIsActive()).Refusal,
            StatusWords.Cancelled => protocol.Cancel(id, "cancelled by hand in the status file").Refusal,
            StatusWords.Blocked => protocol.Block(id, null, "blocked by hand in the status file", null).Refusal,
            StatusWords.Pending => protocol.OpenByHand(id).Refusal,
            StatusWords.InProgress when Identifiers.IsValid(agent) => protocol.Claim(new ClaimRequest(id, new AgentId(agent!))).Refusal,
            StatusWords.InProgress => new Refusal(RefusalCodes.NotHolder, "in_progress needs an assigned_agent", "Claim it instead: interlock claim"),
            StatusWords.Review => new Refusal(RefusalCodes.NotHolder, "review is entered by submitting", "Complete it instead: interlock complete"),
            _ => new Refusal(RefusalCodes.NotOpen, $"'{wanted}' is not a status", "Use pending, in_progress, completed, blocked or cancelled"),
        };
        if (refusal is not null)
        {
            refused.Add($"status {wanted} ({refusal.Message})");
        }
    }

    private void Add(string id, JsonObject node)
    {
        if (!Identifiers.IsValid(id) || StatusEdits.StoryOf(node) is not { } story || Text(node, "description") is not { } title)
        {
            Log("status.refused", $"the task '{id}' added by hand needs a valid task_id, a story_id and a description");
            return;
        }

        store.Write(transaction =>
        {
            var tasks = transaction.Tasks();
            var bare = new WorkTask
            {
                Id = new TaskId(id),
                Story = story,
                Title = title,
                Epic = Text(node, "epic_id"),
                Group = Text(node, "group"),
                Module = Text(node, "group") is { } group ? $"{story} {group}" : story.Value,
                Order = tasks.Count == 0 ? 0 : tasks.Max(task => task.Order) + 1,
                CreatedAt = clock.Now,
                UpdatedAt = clock.Now,
            };
            var task = StatusEdits.Apply(bare, node, [.. node.Select(member => member.Key)], []);
            transaction.Put(task);
            transaction.Append(clock.Now, "task.added-by-hand", $"added in {StatusFile.Path}", task.Id);
            return true;
        });
    }

    private void Log(string kind, string message, TaskId? task = null) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, message, task);
        return true;
    });
}
