namespace Interlock.Domain.Plans.Data;

/// <summary>Brings together what the files of a BMAD project say about each story.</summary>
internal sealed class BmadReader(PlanDraft draft, IYamlReader yaml)
{
    private readonly List<BmadEpics> epics = [];
    private readonly List<BmadSprint> sprints = [];
    private readonly List<BmadStoryFile> files = [];
    private readonly Dictionary<string, List<BmadMention>> byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> order = [];

    /// <summary>The story, when the plan is its file and nothing else.</summary>
    public BmadStoryFile? OnlyStory => draft.Input.Files.Count == 1 && files.Count == 1 ? files[0] : null;

    public void Open()
    {
        foreach (var file in draft.Input.Files)
        {
            if (RawFile.Open(file, draft) is not { } raw)
            {
                continue;
            }

            if (!file.Path.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
            {
                var sprint = new BmadSprint(raw, yaml, draft);
                sprint.Read();
                sprints.Add(sprint);
            }
            else if (BmadStoryFile.Read(raw) is { } story)
            {
                files.Add(story);
            }
            else
            {
                OpenEpics(raw);
            }
        }
    }

    public void Join()
    {
        foreach (var mention in epics.SelectMany(file => file.Stories))
        {
            Mention(mention, "epics");
        }

        foreach (var mention in sprints.SelectMany(file => file.Stories))
        {
            Mention(mention, "sprint");
        }

        foreach (var file in files)
        {
            Mention(file.Mention, "file");
            MarkdownBody.CountCriteria(file.File, 0, file.Raw.File.Path, draft);
        }

        foreach (var file in epics)
        {
            MarkdownBody.CountCriteria(file.File, 0, "", draft);
        }

        if (draft.Input.Files.Count > 1)
        {
            order.Sort(NaturalOrder.Compare);
        }

        AddStories();
        AddTasks();
    }

    private void OpenEpics(RawFile raw)
    {
        var file = new BmadEpics(raw);
        file.Read();
        epics.Add(file);
    }

    private void Mention(BmadMention mention, string from)
    {
        if (!byId.TryGetValue(mention.Id, out var known))
        {
            byId[mention.Id] = known = [];
            order.Add(mention.Id);
        }

        if (known.Find(other => other.Path == mention.Path) is { } again && from != "file" && again.Named != mention.Named)
        {
            draft.Error(
                mention.Path, "duplicate-task", mention.Line, $"story {mention.Id} is '{again.Named}' on line {again.Line} and '{mention.Named}' on line {mention.Line}",
                "Give one of the two a number of its own.");
        }

        known.Add(mention);
    }

    private void AddStories()
    {
        var titles = epics.SelectMany(file => file.Epics.Select(epic => (epic.Id, epic.Title, epic.Line)))
            .Concat(sprints.SelectMany(file => file.Epics.Select(epic => (epic.Id, Title: $"Epic {epic.Id}", epic.Line))));
        foreach (var (id, title, line) in titles.OrderBy(epic => epic.Id, Comparer<string>.Create(NaturalOrder.Compare)))
        {
            draft.AddStory(StoryOf(id), title, $"Epic {id}", line);
        }

        foreach (var id in order)
        {
            draft.AddStory(StoryOf(BmadNames.EpicOf(id)), $"Epic {BmadNames.EpicOf(id)}", $"Epic {BmadNames.EpicOf(id)}", byId[id][0].Line);
        }
    }

    private void AddTasks()
    {
        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        string? lastEpic = null;
        foreach (var id in order)
        {
            var epic = BmadNames.EpicOf(id);
            var (same, other) = Divided(byId[id]);
            var task = ToTask(id, id, id, same, other.Count > 0 ? "title-conflict" : null);
            if (same.FirstOrDefault(mention => mention.Waits is not null) is null)
            {
                if (before.TryGetValue(epic, out var previous))
                {
                    task.After.Add((previous, DependencyKind.Sequence));
                }
                else if (lastEpic is not null)
                {
                    task.After.Add((before[lastEpic], DependencyKind.Barrier));
                }
            }

            draft.Tasks.Add(task);
            draft.Tasks.AddRange(other.Select(mention => ToTask(id, $"{id}-{DraftIds.Hash(mention.Named)}", $"{mention.Path}\n{id}\n{mention.Named}", [mention], "title-conflict")));
            before[epic] = id;
            lastEpic = epic;
        }
    }

    /// <summary>What the files say of the same story, and what is another one that has got the same number.</summary>
    private (List<BmadMention> Same, List<BmadMention> Other) Divided(List<BmadMention> mentions)
    {
        var current = mentions.Find(mention => mention.Status is not null && mention.Slug.Length > 0) ?? mentions[0];
        var same = mentions.Where(mention => ReferenceEquals(mention, current) || (mention.Path != current.Path && BmadNames.SameMatter(current.Named, mention.Named))).ToList();
        var other = mentions.Except(same).Where(mention => mention.Path != current.Path || mention.Named != current.Named).ToList();
        foreach (var mention in other.Where(mention => mention.Path != current.Path))
        {
            draft.Error(
                mention.Path, "title-conflict", mention.Line, $"story {mention.Id} is '{mention.Named}' here and '{current.Named}' in {current.Path}; the two are kept apart",
                "Give one of the two a number of its own.");
        }

        return (same, other);
    }

    private DraftTask ToTask(string id, string wanted, string key, List<BmadMention> mentions, string? problem)
    {
        var titled = mentions.Find(mention => mention.Title.Length > 0) ?? mentions[0];
        var marked = mentions.Find(mention => mention.Status is not null && mention.Slug.Length > 0) ?? mentions.Find(mention => mention.Status is not null);
        var place = marked ?? mentions[0];
        ReportStatuses(id, mentions, marked);
        return new DraftTask
        {
            SourceId = id,
            WantedId = wanted,
            Key = key,
            Story = StoryOf(BmadNames.EpicOf(id)),
            Title = titled.Named.Length > 0 ? titled.Named : $"Story {id}",
            Path = place.Path,
            Line = place.Line,
            Status = SourceStatus.Read(marked?.Status, place.Path, place.Line, draft),
            StatusAsWritten = marked?.Status,
            Dependencies = [.. (mentions.FirstOrDefault(mention => mention.Waits is not null)?.Waits ?? []).Select(word => new DraftDependency(word, [word]))],
            Files = [.. mentions.SelectMany(mention => mention.Files).Distinct(StringComparer.Ordinal)],
            Done = (marked ?? mentions.Find(mention => mention.Done is not null))?.Done,
            Problem = problem,
        };
    }

    private void ReportStatuses(string id, List<BmadMention> mentions, BmadMention? marked)
    {
        foreach (var mention in mentions.Where(mention => mention.Status is not null && !ReferenceEquals(mention, marked)))
        {
            if ((SourceStatus.Of(mention.Status!) == PlanStatus.Done) != (SourceStatus.Of(marked!.Status!) == PlanStatus.Done))
            {
                draft.Warning(
                    mention.Path, "status-conflict", mention.Line, $"story {id} is '{mention.Status}' here and '{marked.Status}' in {marked.Path}, which counts",
                    "Bring the two files in line.");
            }
        }
    }

    private static StoryId StoryOf(string epic) => new($"epic-{epic}");
}
