using Interlock.Domain.Leasing;

namespace Interlock.Domain.Plans.Data;

/// <summary>Reads a <c>sprint-status.yaml</c>: how far each epic and story is.</summary>
internal sealed class BmadSprint(RawFile raw, IYamlReader yaml, PlanDraft draft)
{
    private const string Member = "development_status";

    public List<(string Id, int Line)> Epics { get; } = [];

    public List<BmadMention> Stories { get; } = [];

    public void Read()
    {
        var document = yaml.Read(raw.Content[raw.Start..], raw.Start);
        if (document.Root is null)
        {
            draft.Error(raw.File.Path, "invalid-yaml", document.ErrorLine, $"the file is not YAML: {document.Error}", "Correct the file and import again.");
            return;
        }

        if (document.Root[Member] is not { Kind: DataKind.Map or DataKind.List } status)
        {
            draft.Info(raw.File.Path, "no-stories", 0, $"the file has no '{Member}'", "Plan the sprint first.");
            return;
        }

        foreach (var member in status.Kind == DataKind.Map ? status.Members : status.Items.SelectMany(item => item.Members))
        {
            ReadEntry(member.Name, member.Value);
        }

        var actions = document.Root["action_items"]?.Items.Count ?? 0;
        if (actions > 0)
        {
            draft.Excluded += actions;
            draft.Info(raw.File.Path, "action-items", raw.LineOf(document.Root["action_items"]!), $"{Counted.Of(actions, "action item")} of retrospectives {(actions == 1 ? "is" : "are")} no stories and left out", "Write a story for what is to be done.");
        }
    }

    private void ReadEntry(string key, DataNode value)
    {
        var line = raw.LineOf(value);
        if (BmadNames.Key(key) is { } story)
        {
            var scalar = value.Kind == DataKind.Map ? value["status"] : value;
            Stories.Add(new BmadMention(story.Id, "", story.Slug, raw.File.Path, line)
            {
                Status = scalar?.Text,
                Done = scalar is { Kind: DataKind.Text } ? new DoneEdit(raw.File.Path, scalar.Offset, scalar.Length, "done")
                    : scalar is { Kind: DataKind.Null } ? new DoneEdit(raw.File.Path, scalar.Offset, scalar.Length, scalar.Length > 0 ? "done" : " done") : null,
            });
        }
        else if (BmadNames.EpicKey(key) is { } epic)
        {
            Epics.Add((epic, line));
            foreach (var member in value["stories"]?.Members ?? [])
            {
                ReadEntry(member.Name, member.Value);
            }
        }
        else if (key.EndsWith("-retrospective", StringComparison.OrdinalIgnoreCase))
        {
            draft.Excluded++;
        }
        else
        {
            draft.Exclude(raw.File.Path, "unknown-key", line, $"'{TaskText.Collapse(key)}' is neither an epic nor a story, so it is left out", "Write stories as '2-3-short-name'.");
        }
    }
}
