using System.Globalization;
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
internal sealed class StatusDoor(string root, TaskProtocol protocol, Func<bool> automatedRunIsActive, Quarantine quarantine)
{
    private const string BrokenKey = "status.broken";

    // Set when a task is added; nothing to refuse.
    private static readonly HashSet<string> Given = ["epic_id", "story_id", "group", "agent_type", "created_at", "actual_completion_time", "retry_count", "last_error"];
    private static readonly string[] Fixed = ["$schema", "description", "version"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly IStore store = protocol.Store;
    private readonly Clock clock = protocol.Clock;

    public void Reconcile(Dictionary<string, byte[]?> seen)
    {
        if (seen.ContainsKey(StatusFile.Path))
        {
            return;
        }

        var known = store.Read(reader => reader.Projection(StatusFile.Path));
        var bytes = ProjectedFiles.ReadIfThere(Path.Combine(root, StatusFile.Path));
        if (bytes is null)
        {
            if (known is not null)
            {
                seen[StatusFile.Path] = null;
                Log("status.restored", $"{StatusFile.Path} was deleted and is written anew");
            }

            return;
        }

        if (known is not null && known.AsSpan().SequenceEqual(bytes))
        {
            return;
        }

        seen[StatusFile.Path] = bytes;
        if (Parse(bytes, out var problem) is { } edited)
        {
            if (known is null)
            {
                LegacyStatus.Remember(protocol, edited, quarantine.Keep(StatusFile.Path, bytes));
            }
            else
            {
                Merge(PastStatus.BaseOf(edited, Parse(known)!, store), edited, bytes);
            }

            return;
        }

        // Before the first import nothing is written in its place, so it would be found broken again and again.
        var copy = quarantine.Keep(StatusFile.Path, bytes);
        if (known is not null || store.Read(reader => reader.Meta(BrokenKey)) != copy)
        {
            store.Write(transaction =>
            {
                transaction.SetMeta(BrokenKey, copy);
                transaction.Append(clock.Now, "status.quarantined", $"{StatusFile.Path}: {problem}; a copy is kept at {copy} and the file is written anew");
                return true;
            });
        }
    }

    internal static JsonObject? Parse(byte[] bytes) => Parse(bytes, out _);

    /// <summary>Null unless every part of the text can be read and there is a list of tasks; never half of it.</summary>
    /// <param name="problem">What is wrong with it, with the line where that is known.</param>
    internal static JsonObject? Parse(byte[] bytes, out string? problem)
    {
        try
        {
            var node = JsonNode.Parse(JsonText.WithoutMark(bytes).Span, documentOptions: Strict) as JsonObject;
            var isWhole = node?["tasks"] is JsonArray && IsReadable(node);
            problem = isWhole ? null : "it is not an object with a list of tasks";
            return isWhole ? node : null;
        }
        catch (JsonException error)
        {
            problem = error.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1} is not readable JSON") : "it is not readable JSON";
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            problem = "it is not readable JSON: a name is there twice, or half a character";
        }

        return null;
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

    // Half a surrogate pair only shows when its string is looked at; then it throws.
    private static bool IsReadable(JsonNode? node) => node switch
    {
        JsonObject members => members.All(member => IsReadable(member.Value)),
        JsonArray items => items.All(IsReadable),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() is not null,
        _ => true,
    };

    internal static string? Text(JsonObject node, string name) =>
        node[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private void Merge(JsonObject before, JsonObject after, byte[] bytes)
    {
        MergeDocument(before, after, bytes);
        var old = TasksOf(before);
        var now = TasksOf(after);
        var unusable = ((JsonArray)after["tasks"]!).Count - now.Count;
        if (unusable > 0)
        {
            Log("status.refused", $"in {StatusFile.Path} {Counted.Of(unusable, "entry has", "entries have")} no task_id or one that is there already; the file is kept at {quarantine.Keep(StatusFile.Path, bytes)}");
        }

        foreach (var (id, node) in now)
        {
            if (store.Read(reader => Identifiers.IsValid(id) ? reader.FindTask(new TaskId(id)) : null) is null)
            {
                Add(id, node, now.Keys, bytes);
            }
            else if (old.TryGetValue(id, out var was) && !JsonNode.DeepEquals(was, node))
            {
                Change(new TaskId(id), was, node, now.Keys, bytes);
            }
        }

        var missing = old.Keys.Where(id => !now.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            Log("status.restored", $"tasks removed by hand are put back: {string.Join(", ", missing)}; to take one out: interlock cancel");
        }
    }

    private void MergeDocument(JsonObject before, JsonObject after, byte[] bytes)
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

        var own = Fixed.Where(name => !JsonNode.DeepEquals(before[name], after[name])).ToList();
        if (own.Count > 0)
        {
            Log("status.refused", $"not taken over from {StatusFile.Path}: {string.Join(", ", own)} (kept by interlock); the file is kept at {quarantine.Keep(StatusFile.Path, bytes)}");
        }
    }

    private void Change(TaskId id, JsonObject was, JsonObject node, IReadOnlyCollection<string> present, byte[] bytes)
    {
        var refused = new List<string>();
        var wanted = store.Write(transaction =>
        {
            var task = transaction.FindTask(id)!;
            var changed = Changes(was, node, PastStatus.Render(task), refused);
            var edited = StatusEdits.Apply(task, node, changed, refused);
            edited = StatusEdits.WithSoundDependencies(task, edited, transaction.Tasks(), present, refused);
            if (edited != task)
            {
                var named = changed.Where(name => name != "status" && !refused.Any(text => text.StartsWith($"{name} ", StringComparison.Ordinal)));
                transaction.Put(edited with { UpdatedAt = clock.Now });
                transaction.Append(clock.Now, "task.edited-by-hand", $"{string.Join(", ", named)} changed in {StatusFile.Path}", id);
            }

            return changed.Contains("status") ? Text(node, "status") : null;
        });
        if (wanted is not null)
        {
            MoveTo(id, wanted, Text(node, "assigned_agent"), refused);
        }

        if (refused.Count > 0)
        {
            Log("status.refused", $"not taken over from {StatusFile.Path}: {string.Join(", ", refused)}; the file is kept at {quarantine.Keep(StatusFile.Path, bytes)}", id);
        }
    }

    // What the file says already needs no change, and what changed here too meanwhile is nobody's to overwrite.
    private static List<string> Changes(JsonObject was, JsonObject node, JsonObject current, List<string> refused)
    {
        var changed = node.Where(member => !was.ContainsKey(member.Key) || !JsonNode.DeepEquals(was[member.Key], member.Value)).Select(member => member.Key)
            .Union(was.Where(member => !node.ContainsKey(member.Key)).Select(member => member.Key))
            .Where(name => name != "updated_at" && !(JsonNode.DeepEquals(current[name], node[name]) && current.ContainsKey(name) == node.ContainsKey(name)))
            .ToList();
        var conflicting = changed.Where(name => !JsonNode.DeepEquals(current[name], was[name])).ToList();
        refused.AddRange(conflicting.Select(name => $"{name} (it was changed here meanwhile)"));
        return [.. changed.Except(conflicting)];
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

    private void Add(string id, JsonObject node, IReadOnlyCollection<string> present, byte[] bytes)
    {
        if (!Identifiers.IsValid(id) || StatusEdits.StoryOf(node) is not { } story || Text(node, "description") is not { } title)
        {
            Log("status.refused", $"the task '{id}' added by hand needs a valid task_id, a story_id and a description; the file is kept at {quarantine.Keep(StatusFile.Path, bytes)}");
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
            var refused = new List<string>();
            var task = StatusEdits.Apply(bare, node, [.. node.Select(member => member.Key).Where(name => !Given.Contains(name))], refused);
            task = StatusEdits.WithSoundDependencies(bare, task, tasks, present, refused);
            transaction.Put(task);
            var without = refused.Count == 0 ? "" : $", without {string.Join(", ", refused)}; the file is kept at {quarantine.Keep(StatusFile.Path, bytes)}";
            transaction.Append(clock.Now, "task.added-by-hand", $"added in {StatusFile.Path}{without}", task.Id);
            return true;
        });
    }

    private void Log(string kind, string message, TaskId? task = null) => store.Write(transaction =>
    {
        transaction.Append(clock.Now, kind, message, task);
        return true;
    });
}
