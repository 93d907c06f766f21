namespace Interlock.Domain.Plans.Data;

/// <summary>Walks one file of issues. Each line is read on its own, so one that is broken does not hide the others.</summary>
internal sealed class BeadsReader(RawFile raw, PlanDraft draft)
{
    // Records of the tracker's own machinery: nothing an agent could do.
    private static readonly HashSet<string> NoWork = new(StringComparer.Ordinal)
    {
        "agent", "convoy", "event", "gate", "merge-request", "message", "molecule", "rig", "role", "slot", "template", "wisp",
    };

    private static readonly HashSet<string> Waiting = new(StringComparer.Ordinal) { "blocks", "conditional-blocks", "waits-for", "merge-blocks" };

    private readonly List<(DataNode Node, int Line)> rows = [];
    private readonly Dictionary<string, string> parents = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> wholes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> titles = new(StringComparer.OrdinalIgnoreCase);

    private sealed record Edge(string On, string Type);

    public void Read()
    {
        ReadRows();
        foreach (var (node, _) in rows)
        {
            if (ParentOf(node) is { } parent && parent != Id(node) && parents.TryAdd(Id(node), parent))
            {
                wholes.Add(parent);
            }
        }

        var general = DraftIds.Story(GeneralStory());
        foreach (var (node, line) in rows)
        {
            Add(node, line, general);
        }
    }

    private void ReadRows()
    {
        var content = raw.Content;
        var line = 0;
        for (var start = raw.Start; start < content.Length;)
        {
            line++;
            var length = content.Span[start..].IndexOf((byte)'\n');
            var end = length < 0 ? content.Length : start + length;
            if (content.Span[start..end].IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                ReadRow(start, end, line);
            }

            start = end + 1;
        }
    }

    private void ReadRow(int start, int end, int line)
    {
        var document = JsonTree.Read(raw.Content, start, end);
        if (document.Root is null)
        {
            draft.Excluded++;
            draft.Error(raw.File.Path, "invalid-json", line, $"this line is not JSON: {document.Error}", "Export the issues anew and import again.");
        }
        else if (document.Root is { Kind: DataKind.Map } row && Id(row).Length > 0 && row["_type"]?.Text is null or "issue")
        {
            rows.Add((row, line));
            titles.TryAdd(Id(row), DataValues.Line(row["title"]));
        }
        else
        {
            draft.Excluded++;
            draft.Info(raw.File.Path, "not-a-task", line, "this line holds no issue, so it is left out", "Nothing to do: only issues are work.");
        }
    }

    /// <summary>What all ids begin with, such as <c>bd</c> in <c>bd-a1b2</c>.</summary>
    private string GeneralStory()
    {
        var prefixes = rows.Select(row => Id(row.Node)).Select(id => id.LastIndexOf('-') is > 0 and var dash ? id[..dash] : "beads").GroupBy(prefix => prefix);
        return prefixes.OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key).FirstOrDefault() ?? "beads";
    }

    private void Add(DataNode node, int line, StoryId general)
    {
        var id = Id(node);
        var title = DataValues.Line(node["title"]) is { Length: > 0 } named ? named : id;
        var edges = Edges(node).ToList();
        var type = DataValues.Line(node["issue_type"]);
        var (story, storyTitle) = StoryOf(id, general);
        draft.AddStory(story, storyTitle, null, line);
        draft.Tasks.Add(new DraftTask
        {
            SourceId = id,
            WantedId = id,
            Key = id,
            Story = story,
            Group = type.Length > 0 ? type : null,
            Title = title,
            Path = raw.File.Path,
            Line = line,

            // A deleted issue leaves its row behind, also where its id is in use again.
            Rank = DataValues.Line(node["status"]) == "tombstone" ? 1 : 0,
            Status = IsGivenUp(node) ? PlanStatus.Cancelled : SourceStatus.Read(node["status"]?.Text, raw.File.Path, line, draft),
            StatusAsWritten = node["status"]?.Text,
            Complexity = DataValues.Complexity(node["complexity"]),
            Dependencies = [.. edges.Select(edge => Dependency(edge))],
            Files = DataValues.Files([], node["title"]?.Text, node["description"]?.Text, node["design"]?.Text),
            Agent = DataValues.Agent(node["assignee"]),
            ParentKey = parents.GetValueOrDefault(id),
            Problem = NoWork.Contains(type) || node["is_template"]?.Text == "true" ? "not-work" : null,
        });
        if (NoWork.Contains(type))
        {
            draft.Info(raw.File.Path, "not-work", line, $"{id} is of the type '{type}', which nobody can work on; it is kept and held back", "Nothing to do.");
        }
    }

    private static DraftDependency Dependency(Edge edge) =>
        new(edge.On, [edge.On], Waiting.Contains(edge.Type), MayDangle: edge.On.Contains("-wisp-", StringComparison.Ordinal) || edge.On.StartsWith("external:", StringComparison.Ordinal));

    /// <summary>The parts of an epic are one story, named as the epic; everything else is the general story.</summary>
    private (StoryId Id, string Title) StoryOf(string id, StoryId general)
    {
        var top = id;
        for (var steps = 0; steps < 64 && parents.TryGetValue(top, out var parent) && titles.ContainsKey(parent); steps++)
        {
            top = parent;
        }

        return top != id || wholes.Contains(id) ? (DraftIds.Story(top), titles[top]) : (general, general.Value);
    }

    private string? ParentOf(DataNode node)
    {
        var id = Id(node);
        return Edges(node).FirstOrDefault(edge => edge.Type == "parent-child")?.On
            ?? (DataValues.Line(node["parent"]) is { Length: > 0 } parent ? parent
            : id.LastIndexOf('.') is > 0 and var dot && titles.ContainsKey(id[..dot]) ? id[..dot] : null);
    }

    // Older exports list edges as objects, newer ones may list bare ids.
    private static IEnumerable<Edge> Edges(DataNode node) => (node["dependencies"]?.Items ?? [])
        .Select(item => item.Kind == DataKind.Map
            ? new Edge(DataValues.Line(item["depends_on_id"] ?? item["id"]), DataValues.Line(item["type"]) is { Length: > 0 } type ? type : "blocks")
            : new Edge(DataValues.Line(item), "blocks"))
        .Where(edge => edge.On.Length > 0);

    private static bool IsGivenUp(DataNode node) =>
        DataValues.Line(node["status"]) == "closed" && DataValues.Line(node["close_reason"]).ToLowerInvariant() is "cancelled" or "canceled";

    private static string Id(DataNode node) => DataValues.Line(node["id"]);
}
