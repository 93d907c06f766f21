using System.Text.Json.Nodes;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Projections;

/// <summary>
/// A status file that was there before Interlock: its progress is taken over once the plan's tasks are known,
/// matched by task id, else by story and description. The file itself is kept in quarantine.
/// </summary>
internal static class LegacyStatus
{
    private const string Key = "status.legacy";
    private const string CopyKey = "status.legacy-copy";

    /// <summary>Keeps the document until <see cref="Adopt"/>.</summary>
    public static void Remember(TaskProtocol protocol, JsonObject document, string copy) => protocol.Store.Write(transaction =>
    {
        // Found again at every turn until the first import has written the file anew: adopting it twice would undo progress.
        if (transaction.Meta(CopyKey) == copy)
        {
            return false;
        }

        transaction.SetMeta(CopyKey, copy);
        transaction.SetMeta(Key, document.ToJsonString());
        ProjectedFiles.SetStatusExtra(transaction, StatusFile.ExtraOf(document, document: true));
        transaction.Append(protocol.Clock.Now, "status.found", $"an existing {StatusFile.Path} was found; the original is kept at {copy}");
        return true;
    });

    /// <summary>How many entries found their task, and how many did not.</summary>
    public static (int Matched, int Unmatched) Adopt(IStoreTransaction transaction, DateTimeOffset now)
    {
        if (transaction.Meta(Key) is not { Length: > 0 } text || StatusDoor.Parse(System.Text.Encoding.UTF8.GetBytes(text)) is not { } document)
        {
            return (0, 0);
        }

        var tasks = transaction.Tasks();
        var byId = tasks.ToDictionary(task => task.Id.Value, StringComparer.Ordinal);
        var byText = tasks.GroupBy(task => (task.Story.Value, task.Title)).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.Single());
        var matched = 0;
        var unmatched = 0;
        foreach (var node in StatusDoor.TasksOf(document).Values)
        {
            var title = StatusDoor.Text(node, "description") ?? "";
            var task = byId.GetValueOrDefault(StatusDoor.Text(node, "task_id") ?? "")
                ?? byText.GetValueOrDefault((StatusEdits.StoryOf(node)?.Value ?? "", title));
            if (task is null)
            {
                unmatched++;
                continue;
            }

            matched++;
            Take(transaction, task, node, now);
        }

        transaction.SetMeta(Key, "");
        transaction.Append(now, "status.adopted", $"taken over from the earlier status file: {Counted.Of(matched, "entry", "entries")}; without a task in the plan: {unmatched}");
        return (matched, unmatched);
    }

    private static void Take(IStoreTransaction transaction, WorkTask task, JsonObject node, DateTimeOffset now)
    {
        var agent = StatusDoor.Text(node, "assigned_agent");
        var status = StatusDoor.Text(node, "status");
        transaction.Put(task with
        {
            State = status switch
            {
                StatusWords.Completed => TaskState.Merged,
                StatusWords.Cancelled => TaskState.Cancelled,
                StatusWords.Blocked => TaskState.Dead,
                _ => task.State,
            },
            CompletedHow = status == StatusWords.Completed ? task.CompletedHow ?? "baseline" : task.CompletedHow,
            CompletedAt = status == StatusWords.Completed ? task.CompletedAt ?? now : task.CompletedAt,
            LastError = status == StatusWords.Blocked ? StatusDoor.Text(node, "last_error") ?? "blocked in the earlier status file" : task.LastError,
            AssignedAgent = Identifiers.IsValid(agent) ? new AgentId(agent!) : task.AssignedAgent,
            Notes = StatusDoor.Text(node, "notes") ?? task.Notes,
            Extra = StatusFile.ExtraOf(node, document: false),
            UpdatedAt = now,
        });
    }
}
