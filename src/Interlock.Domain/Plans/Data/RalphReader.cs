namespace Interlock.Domain.Plans.Data;

/// <summary>Walks one <c>prd.json</c>.</summary>
internal sealed class RalphReader(RawFile raw, PlanDraft draft)
{
    // Where this many stories share a priority, it says how urgent they are and not what comes first.
    private const int MostOfOnePriority = 8;

    private static readonly string[] ListNames = ["userStories", "stories", "features", "tasks", "items", "requirements"];

    private readonly Dictionary<string, int> withoutId = [];
    private readonly List<(DraftTask Task, double Priority, bool SaysWhatItWaitsFor)> found = [];

    public void Read()
    {
        var document = JsonTree.Read(raw.Content, raw.Start, raw.Content.Length);
        if (document.Root is not { } root)
        {
            draft.Error(raw.File.Path, "invalid-json", document.ErrorLine, $"the file is not JSON: {document.Error}", "Correct the file and import again.");
            return;
        }

        var name = Name(root);
        var story = DraftIds.Story(name);
        var lists = Lists(root).ToList();
        if (lists.Count == 0)
        {
            draft.Info(raw.File.Path, "no-stories", 0, "the file has no list of user stories", "Write { \"userStories\": [ … ] }, or name the format of the file.");
            return;
        }

        draft.AddStory(story, DataValues.Line(root["project"]) is { Length: > 0 } project ? project : name, null, raw.LineOf(root));
        foreach (var (list, group) in lists)
        {
            ReadList(list, group, story);
        }

        AddSequence();
    }

    private static string Name(DataNode root)
    {
        var branch = DataValues.Line(root["branchName"]);
        branch = branch[(branch.LastIndexOf('/') + 1)..];
        return branch.Length > 0 ? branch : DataValues.Line(root["project"]) is { Length: > 0 } project ? project : "prd";
    }

    /// <summary>The list itself, the lists by their usual names, or those of each epic or phase.</summary>
    private static IEnumerable<(DataNode List, string? Group)> Lists(DataNode root)
    {
        if (root.Kind == DataKind.List)
        {
            return [(root, null)];
        }

        var own = ListNames.Select(name => root[name]).Where(node => node?.Kind == DataKind.List).Select(node => (node!, (string?)null)).ToList();
        return own.Count > 0 ? own : root.Members.Where(member => member.Value.Kind == DataKind.List).SelectMany(member => member.Value.Items)
            .SelectMany(part => ListNames.Select(name => (List: part[name], Group: Title(part))))
            .Where(pair => pair.List?.Kind == DataKind.List).Select(pair => (pair.List!, (string?)pair.Group));
    }

    private void ReadList(DataNode list, string? group, StoryId story)
    {
        foreach (var node in list.Items)
        {
            if (node.Kind == DataKind.Map)
            {
                Add(node, group, story);
            }
            else
            {
                draft.Exclude(raw.File.Path, "not-a-task", raw.LineOf(node), "this entry of a list of stories is no object, so it is left out", "Write { \"id\": …, \"title\": …, \"passes\": false } or remove it.");
            }
        }
    }

    private void Add(DataNode node, string? group, StoryId story)
    {
        var title = Title(node);
        var id = DataValues.Line(node["id"]);
        var line = raw.LineOf(node);
        var waits = DataValues.Words(node["dependsOn"] ?? node["dependencies"] ?? node["depends_on"] ?? node["blockedBy"]).ToList();
        var wanted = id.Length > 0 ? id : IdFor(story, title);
        var task = new DraftTask
        {
            SourceId = id,
            WantedId = wanted,
            Key = wanted,
            Story = story,
            Group = group ?? (DataValues.Line(node["category"] ?? node["phase"] ?? node["epic"]) is { Length: > 0 } category ? category : null),
            Title = title.Length > 0 ? title : $"Task {wanted}",
            Path = raw.File.Path,
            Line = line,
            Status = Status(node, line),
            StatusAsWritten = node["passes"]?.Text ?? node["status"]?.Text,
            Complexity = DataValues.Complexity(node["complexity"]),
            Dependencies = [.. waits.Select(word => new DraftDependency(word, [word]))],
            Files = DataValues.Files(
                DataValues.Paths(raw.File.Path, line, draft, node["files"], node["relevantFiles"]),
                [node["title"]?.Text, node["description"]?.Text, .. Criteria(node).Select(item => item.Text)]),
            Agent = DataValues.Agent(node["assignee"]),
            Done = Done(node),
        };
        draft.Criteria += Criteria(node).Count;
        draft.Tasks.Add(task);
        found.Add((task, Priority(node), waits.Count > 0));
    }

    private PlanStatus Status(DataNode node, int line) => node["passes"] switch
    {
        { Kind: DataKind.Boolean } passes => passes.Text == "true" ? PlanStatus.Done : PlanStatus.Pending,
        _ => SourceStatus.Read(node["status"]?.Text, raw.File.Path, line, draft),
    };

    private DoneEdit Done(DataNode node) => node["passes"] switch
    {
        { Kind: DataKind.Boolean or DataKind.Null or DataKind.Number } passes => new DoneEdit(raw.File.Path, passes.Offset, passes.Length, "true"),
        _ when node["status"] is { Kind: DataKind.Text } status => new DoneEdit(raw.File.Path, status.Offset, status.Length, "done"),
        _ => new DoneEdit(raw.File.Path, node.Offset + 1, 0, node.Members.Count > 0 ? "\"passes\": true, " : "\"passes\": true"),
    };

    /// <summary>Each story waits for those of the priority before its own, unless the file says what waits for what.</summary>
    private void AddSequence()
    {
        var levels = found.GroupBy(item => item.Priority).OrderBy(level => level.Key).ToList();
        if (found.Exists(item => item.SaysWhatItWaitsFor) || levels.Exists(level => level.Count() > MostOfOnePriority))
        {
            return;
        }

        List<string> before = [];
        foreach (var level in levels)
        {
            var now = level.Select(item => item.Task).ToList();
            now.ForEach(task => task.After.AddRange(before.Select(key => (key, DependencyKind.Sequence))));
            before = [.. now.Select(task => task.Key)];
        }
    }

    private string IdFor(StoryId story, string title)
    {
        var ordinal = withoutId[title] = withoutId.GetValueOrDefault(title) + 1;
        return $"{story}-{DraftIds.Hash(title.ToLowerInvariant(), $"{ordinal}")}";
    }

    private static IReadOnlyList<DataNode> Criteria(DataNode node) =>
        (node["acceptanceCriteria"] ?? node["acceptance_criteria"] ?? node["criteria"] ?? node["steps"])?.Items ?? [];

    private static double Priority(DataNode node) =>
        node["priority"] is { Kind: DataKind.Number } priority && double.TryParse(priority.Text, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : DataValues.Line(node["priority"]).ToLowerInvariant() switch { "critical" => 0, "high" => 1, "low" => 3, _ => 2 };

    private static string Title(DataNode node) =>
        DataValues.Line(node["title"] ?? node["name"]) is { Length: > 0 } title ? title
        : DataValues.TitleFrom((node["story"] ?? node["description"])?.Text ?? "");
}
