namespace Interlock.Domain.Plans.Data;

/// <summary>Walks one <c>tasks.json</c>.</summary>
internal sealed class TaskMasterReader(RawFile raw, PlanDraft draft)
{
    private const string MainTag = "master";

    private readonly Dictionary<string, int> withoutId = [];

    /// <summary>A list of tasks with what their ids and dependencies refer to.</summary>
    /// <param name="Parent">Id of the task they are parts of; null at the top.</param>
    private sealed record Level(string Tag, StoryId Story, string? Parent, string? ParentTitle, HashSet<string> Ids);

    public void Read()
    {
        var document = JsonTree.Read(raw.Content, raw.Start, raw.Content.Length);
        if (document.Root is not { } root)
        {
            draft.Error(raw.File.Path, "invalid-json", document.ErrorLine, $"the file is not JSON: {document.Error}", "Correct the file and import again.");
        }
        else if (root.Kind == DataKind.List)
        {
            ReadTag(MainTag, root, root);
        }
        else if (!ReadTags(root))
        {
            draft.Info(raw.File.Path, "no-stories", 0, "the file has no list of tasks", "Write { \"master\": { \"tasks\": [ … ] } }, or name the format of the file.");
        }
    }

    private bool ReadTags(DataNode root)
    {
        var found = false;
        foreach (var member in root.Members)
        {
            if (member is { Name: "tasks", Value.Kind: DataKind.List })
            {
                ReadTag(MainTag, member.Value, member.Value);
                found = true;
            }
            else if (member.Value["tasks"] is { Kind: DataKind.List } list)
            {
                ReadTag(member.Name, list, member.Value);
                found = true;
            }
        }

        return found;
    }

    private void ReadTag(string tag, DataNode list, DataNode place)
    {
        var story = DraftIds.Story(tag);
        draft.AddStory(story, tag, null, raw.LineOf(place));
        ReadTasks(list, new Level(tag, story, null, null, IdsOf(list, null)));
    }

    private void ReadTasks(DataNode list, Level level)
    {
        foreach (var node in list.Items)
        {
            if (node.Kind != DataKind.Map)
            {
                draft.Exclude(raw.File.Path, "not-a-task", raw.LineOf(node), "this entry of a list of tasks is no object, so it is left out", "Write { \"id\": …, \"title\": … } or remove it.");
                continue;
            }

            var (id, written) = Identify(node, level);
            Add(node, level, id, written);
            if (node["subtasks"] is { Kind: DataKind.List } subtasks)
            {
                var title = Title(node, id);
                ReadTasks(subtasks, level with { Parent = id, ParentTitle = title, Ids = IdsOf(subtasks, id) });
            }
        }
    }

    /// <summary>The full id, and the id as it counts as written: <c>parent.sub</c> for a subtask.</summary>
    private (string Id, string Written) Identify(DataNode node, Level level)
    {
        if (Id(node) is { Length: > 0 } own)
        {
            var full = Qualified(own, level.Parent);
            return (full, full);
        }

        var title = DataValues.Line(node["title"]);
        var place = $"{level.Tag}\n{level.Parent}\n{title.ToLowerInvariant()}";
        var ordinal = withoutId[place] = withoutId.GetValueOrDefault(place) + 1;
        draft.Warning(raw.File.Path, "missing-id", raw.LineOf(node), $"the task '{DataValues.TitleFrom(title)}' has no id", "Give it one: its made-up id changes with its title.");
        return (Qualified($"t-{DraftIds.Hash(place, $"{ordinal}")}", level.Parent), "");
    }

    private void Add(DataNode node, Level level, string id, string written)
    {
        var line = raw.LineOf(node);
        var status = node["status"];
        draft.Tasks.Add(new DraftTask
        {
            SourceId = written,
            WantedId = level.Tag == MainTag ? id : $"{level.Story}.{id}",
            Key = Key(level.Tag, id),
            Story = level.Story,
            Group = level.ParentTitle,
            Title = Title(node, id),
            Path = raw.File.Path,
            Line = line,
            Status = SourceStatus.Read(status?.Text, raw.File.Path, line, draft),
            StatusAsWritten = status?.Text,
            Complexity = DataValues.Complexity(node["complexity"] ?? node["complexityScore"]),
            Dependencies = Dependencies(node["dependencies"], level, id, line),
            Files = DataValues.Files(
                DataValues.Paths(raw.File.Path, line, draft, node["relevantFiles"], node["files"]),
                node["title"]?.Text, node["description"]?.Text, node["details"]?.Text),
            Agent = DataValues.Agent(node["assignee"] ?? node["assignedTo"]),
            ParentKey = level.Parent is null ? null : Key(level.Tag, level.Parent),
            Done = Done(node, status),
        });
        ReportRepeatedMembers(node, id, line);
    }

    private IReadOnlyList<DraftDependency> Dependencies(DataNode? node, Level level, string id, int line)
    {
        if (node is null or { Kind: DataKind.Null })
        {
            return [];
        }

        var found = new List<DraftDependency>();
        foreach (var word in DataValues.Words(node))
        {
            // A bare number inside a subtask names a sibling where there is one, else a task at the top.
            var sibling = level.Parent is null ? null : Qualified(word, level.Parent);
            string[] keys = sibling is not null && level.Ids.Contains(sibling)
                ? [Key(level.Tag, sibling), Key(level.Tag, word)]
                : [Key(level.Tag, word), .. sibling is null ? Array.Empty<string>() : [Key(level.Tag, sibling)], word];
            found.Add(new DraftDependency(word, keys));
        }

        if (node.Kind is DataKind.Map or DataKind.Boolean || (node.Kind == DataKind.List && found.Count < node.Items.Count))
        {
            draft.Warning(raw.File.Path, "unreadable-dependency", line, $"some dependencies of task {id} are neither ids nor numbers", "Write a list of ids.");
        }

        return found;
    }

    private DoneEdit Done(DataNode node, DataNode? status) => status switch
    {
        null => new DoneEdit(raw.File.Path, node.Offset + 1, 0, node.Members.Count > 0 ? "\"status\": \"done\", " : "\"status\": \"done\""),
        { Kind: DataKind.Text } => new DoneEdit(raw.File.Path, status.Offset, status.Length, "done"),
        { Kind: DataKind.Map or DataKind.List } => new DoneEdit(raw.File.Path, node.Offset, 0, ""),
        _ => new DoneEdit(raw.File.Path, status.Offset, status.Length, "\"done\""),
    };

    private void ReportRepeatedMembers(DataNode node, string id, int line)
    {
        // A set for each of thousands of tasks costs more than it saves; only an odd object has many members.
        var seen = node.Members.Count > 32 ? new HashSet<string>(StringComparer.Ordinal) : null;
        for (var at = 0; at < node.Members.Count; at++)
        {
            var member = node.Members[at];
            if (seen?.Add(member.Name) == false || (seen is null && IsAmong(node.Members, at, member.Name)))
            {
                draft.Warning(raw.File.Path, "duplicate-member", line, $"task {id} has '{TaskText.Collapse(member.Name)}' twice; the last one counts", "Remove one of them.");
            }
        }
    }

    private static bool IsAmong(IReadOnlyList<DataMember> members, int count, string name)
    {
        for (var i = 0; i < count; i++)
        {
            if (members[i].Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<string> IdsOf(DataNode list, string? parent) =>
        [.. list.Items.Where(item => item.Kind == DataKind.Map).Select(Id).Where(id => id.Length > 0).Select(id => Qualified(id, parent))];

    private static string Id(DataNode node) => DataValues.Line(node["id"]);

    private static string Title(DataNode node, string id) =>
        DataValues.Line(node["title"]) is { Length: > 0 } title ? title
        : DataValues.TitleFrom(node["description"]?.Text ?? "") is { Length: > 0 } first ? first
        : $"Task {id}";

    // Older files write the whole id into the subtask, as text or as a number such as 31.1.
    private static string Qualified(string id, string? parent) =>
        parent is null || (id.Length > parent.Length + 1 && id.StartsWith(parent, StringComparison.Ordinal) && id[parent.Length] == '.') ? id : $"{parent}.{id}";

    private static string Key(string tag, string id) => $"{tag}\n{id}";
}
