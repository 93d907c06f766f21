using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans.Data;

/// <summary>Reads the task files of a Backlog.md folder.</summary>
internal sealed class BacklogReader(PlanDraft draft, IYamlReader yaml)
{
    private const string GeneralStory = "backlog";

    private readonly List<BacklogFile> files = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private IReadOnlyList<string> statuses = [];

    public void Read(IReadOnlyList<PlanFile> tasks, PlanFile? config)
    {
        statuses = config is null ? [] : Statuses(config);
        foreach (var file in tasks)
        {
            if (RawFile.Open(file, draft) is { } raw && BacklogFile.Read(raw, yaml, draft) is { } found)
            {
                files.Add(found);
                names.Add(found.Name.Canonical);
            }
        }

        files.Sort((left, right) => left.Name.CompareTo(right.Name) is not 0 and var order ? order
            : left.Rank != right.Rank ? left.Rank.CompareTo(right.Rank) : string.CompareOrdinal(left.Raw.File.Path, right.Raw.File.Path));
        files.ForEach(Add);
        ReportSetAside("archived", "archived");
        ReportSetAside("draft", "a draft");
    }

    private string[] Statuses(PlanFile config)
    {
        if (RawFile.Open(config, draft) is not { } raw)
        {
            return [];
        }

        var document = yaml.Read(raw.Content[raw.Start..], raw.Start);
        if (document.Root is null)
        {
            draft.Warning(config.Path, "unreadable-config", document.ErrorLine, $"the configuration is not YAML: {document.Error}", "Correct it; the usual statuses are taken.");
        }

        return [.. DataValues.Words(document.Root?["statuses"])];
    }

    private void Add(BacklogFile file)
    {
        var status = file.Map["status"];
        var milestone = DataValues.Line(file.Map["milestone"]);
        var story = DraftIds.Story(milestone.Length > 0 ? milestone : GeneralStory);
        var meaning = Meaning(status?.Text, file);
        draft.AddStory(story, milestone.Length > 0 ? milestone : GeneralStory, null, 1);
        draft.Tasks.Add(new DraftTask
        {
            SourceId = file.Name.Written,
            WantedId = file.Name.Written,
            Key = file.Name.Canonical,
            Aliases = file.Area == "drafts" ? [] : [file.Name.Number],
            Rank = file.Rank,
            Story = story,
            Group = DataValues.Words(file.Map["labels"]).FirstOrDefault(),
            Title = file.Title,
            Path = file.Raw.File.Path,
            Line = file.Map["id"] is { } id ? file.Raw.LineOf(id) : 1,
            Status = meaning,
            StatusAsWritten = status?.Text,
            Dependencies = [.. DataValues.Words(file.Map["dependencies"]).Select(word => Dependency(word, file))],
            Files = DataValues.Files(
                DataValues.Paths(file.Raw.File.Path, 1, draft, file.Map["files"], file.Map["modified_files"]), file.Title, file.PlanText),
            Agent = DataValues.Words(file.Map["assignee"]).Select(name => name.TrimStart('@')).Where(Identifiers.IsValid).Select(name => (AgentId?)new AgentId(name)).FirstOrDefault(),
            ParentKey = Parent(file),
            Done = Done(file, status),
            Problem = meaning is PlanStatus.Done or PlanStatus.Cancelled ? null : file.Area switch { "archive" => "archived", "drafts" => "draft", _ => null },
        });
    }

    private DraftDependency Dependency(string word, BacklogFile file)
    {
        var name = BacklogName.Of(word, file.Name.Prefix);
        if (!names.Contains(name.Canonical) && files.Exists(other => other.Area != "drafts" && other.Name.Number == name.Number))
        {
            draft.Info(
                file.Raw.File.Path, "migrated-prefix", 1, $"'{word}' of {file.Name.Written} is taken for the task with the number {name.Number[1..]}: no task has that prefix",
                "Write the id as the task has it.");
        }

        return new DraftDependency(word, [name.Canonical, name.Number]);
    }

    private string? Parent(BacklogFile file)
    {
        if (DataValues.Line(file.Map["parent_task_id"] ?? file.Map["parent"]) is { Length: > 0 } written)
        {
            var name = BacklogName.Of(written, file.Name.Prefix);
            return names.Contains(name.Canonical) ? name.Canonical : name.Number;
        }

        var dot = file.Name.Canonical.LastIndexOf('.');
        return dot > 0 && names.Contains(file.Name.Canonical[..dot]) ? file.Name.Canonical[..dot] : null;
    }

    /// <summary>The usual words first; words of the folder's own mean by their place: the first is to do, the last is done.</summary>
    private PlanStatus Meaning(string? word, BacklogFile file)
    {
        var place = word is null ? -1 : statuses.ToList().FindIndex(status => status.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase));
        var known = word is null ? PlanStatus.Pending : SourceStatus.Of(word);
        return known != PlanStatus.Unknown ? known
            : place < 0 ? SourceStatus.Read(word, file.Raw.File.Path, file.Raw.LineOf(file.Map["status"]!), draft)
            : place == 0 ? PlanStatus.Pending
            : place == statuses.Count - 1 ? PlanStatus.Done
            : PlanStatus.InProgress;
    }

    private DoneEdit? Done(BacklogFile file, DataNode? status)
    {
        var word = statuses.FirstOrDefault(known => SourceStatus.Of(known) == PlanStatus.Done) ?? (statuses.Count > 0 ? statuses[^1] : "Done");
        return status switch
        {
            { Kind: DataKind.Text } => new DoneEdit(file.Raw.File.Path, status.Offset, status.Length, word),
            null when file.Map.Members.Count > 0 => new DoneEdit(file.Raw.File.Path, file.FirstMember, 0, $"status: {word}{file.LineEnd}"),
            _ => null,
        };
    }

    private void ReportSetAside(string problem, string what)
    {
        var count = draft.Tasks.Count(task => task.Problem == problem);
        if (count > 0)
        {
            draft.Info(draft.Input.Source, problem, 0, $"{Counted.Of(count, "task")} that {(count == 1 ? "is" : "are")} {what} {(count == 1 ? "is" : "are")} kept and held back", "Nothing to do.");
        }
    }
}
