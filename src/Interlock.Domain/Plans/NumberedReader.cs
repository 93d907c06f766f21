namespace Interlock.Domain.Plans;

/// <summary>How a format of numbered checkboxes differs from the others.</summary>
/// <param name="PhasesAreOrdered">True when each group of level 2 waits for the one before.</param>
/// <param name="DashIsStarted">True when <c>[-]</c> means that somebody is at work.</param>
internal sealed record NumberedDialect(bool PhasesAreOrdered, bool DashIsStarted);

/// <summary>
/// Reads checkboxes numbered <c>N.M</c> in one folder's <c>tasks.md</c>. Checkboxes without a number get the id of their parent and a hash
/// of their words; as <see cref="PlanTask.SourceId"/> they show their place below it.
/// </summary>
internal sealed class NumberedReader(OutlineSource source, NumberedDialect dialect)
{
    private readonly PlanDraft draft = new(source.Reading);
    private readonly string prefix = PlanNames.Slug(PlanNames.FolderOf(source.File.Path));
    private readonly int[] taskOf = new int[source.Outline.Items.Count];
    private readonly List<NumberedTask> found = [];
    private readonly Dictionary<string, int> children = [];
    private readonly Dictionary<string, int> equalTexts = [];
    private readonly HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);

    public PlanDraft Read()
    {
        draft.IdOf = id => $"{prefix}-{id}";
        var title = source.Outline.Sections.FirstOrDefault(section => section.Level == 1);
        draft.Stories.Add(new PlanStory(new StoryId(prefix), title?.Text ?? PlanNames.FolderOf(source.File.Path), null, 1, title?.Line ?? 1));
        var lines = source.Outline.Items.Select(item => NumberedLine.Read(item.Text)).ToList();
        written.UnionWith(lines.Select(line => line.Id));
        for (var i = 0; i < lines.Count; i++)
        {
            taskOf[i] = Read(source.Outline.Items[i], lines[i]);
        }

        NumberedForms.AddRowsAndHeadings(source, draft, prefix);
        new NumberedOrder(found, draft.Order, dialect).Read();
        return draft;
    }

    /// <summary>The index of the task in the draft; -1 when the item is none.</summary>
    private int Read(OutlineItem item, NumberedLine line)
    {
        if (item.UnderCriteria && !source.Reading.CriteriaAsTasks && (line.Id.Length == 0 || !line.Id.Contains('.', StringComparison.Ordinal)))
        {
            draft.Criteria++;
            return -1;
        }

        var started = dialect.DashIsStarted && item.Box.Mark == "-";
        if (!started)
        {
            OutlineMarks.WarnOfUnknown(item, source.Problems);
        }

        var parent = item.Parent >= 0 ? taskOf[item.Parent] : -1;
        var text = TaskText.Read(item.Text, new TaskIdText(line.Id, line.TextIndex, true, false));
        var (id, sourceId) = text.Title.Length == 0 && line.Id.Length == 0 ? ("", "") : IdsFor(item, line, parent, text.Title);
        if (new TaskReader(new StoryId(prefix), source.Problems).Read(item.Box, item.Line, text, item.Section.Title, id) is not { } task)
        {
            source.Outline.Excluded.Count();
            return -1;
        }

        var inline = InlineDependencies.In(item.Text[line.TextIndex..], item.Notes, '1');
        var files = PlanPaths.InWords(item.Text[line.TextIndex..]).Concat(item.Notes.SelectMany(NotePaths));
        draft.Tasks.Add(task with
        {
            SourceId = sourceId,
            Status = started ? PlanStatus.InProgress : task.Status,
            DependenciesAsWritten = [.. task.DependenciesAsWritten.Concat(inline).Distinct(StringComparer.OrdinalIgnoreCase)],
            Files = [.. task.Files.Concat(files).Distinct(StringComparer.Ordinal)],
        });
        found.Add(new NumberedTask(draft.Tasks.Count - 1, line.Id, parent, item.Section, line.IsParallel));
        return draft.Tasks.Count - 1;
    }

    private (string Id, string SourceId) IdsFor(OutlineItem item, NumberedLine line, int parent, string title)
    {
        if (line.Id.Length > 0)
        {
            return ($"{prefix}-{line.Id}", line.Id);
        }

        var above = parent >= 0 ? draft.Tasks[parent].SourceId : NumberedLine.Read(item.Section.Text).Id;
        var path = parent >= 0 ? draft.Tasks[parent].Id.Value : string.Join('\n', item.Section.Path.Select(section => section.Text));
        var key = $"{path}\n{title.ToLowerInvariant()}";
        var ordinal = equalTexts[key] = equalTexts.GetValueOrDefault(key) + 1;
        var id = StableIds.For(new StoryId(parent >= 0 && line.Id.Length == 0 ? Short(draft.Tasks[parent].Id.Value) : prefix), path, title.ToLowerInvariant(), ordinal);
        if (above.Length == 0)
        {
            return (id, id);
        }

        string place;
        do
        {
            var next = children[above] = children.GetValueOrDefault(above) + 1;
            place = $"{above}.{next}";
        }
        while (written.Contains(place));
        return (id, place);
    }

    // Nested far down, ids would outgrow the grammar; the hash alone keeps them apart.
    private string Short(string id) => id.Length <= 54 ? id : prefix;

    private static IEnumerable<string> NotePaths(string note) =>
        note.TrimStart('-', '*', '+', ' ', '_').StartsWith("file", StringComparison.OrdinalIgnoreCase)
            ? CodeSpans.Find(note).Select(span => PlanPaths.FromCode(span.ContentOf(note))).OfType<string>().Concat(PlanPaths.InWords(note))
            : [];
}

/// <param name="Index">In the draft.</param>
/// <param name="Parent">Index in the draft of the task it is nested under; -1 for none.</param>
internal sealed record NumberedTask(int Index, string Id, int Parent, Section Section, bool IsParallel);

/// <summary>What numbers imply: siblings one after another, a parent after its children, groups one after another.</summary>
internal sealed class NumberedOrder(IReadOnlyList<NumberedTask> tasks, ImpliedOrder order, NumberedDialect dialect)
{
    private readonly Dictionary<int, List<NumberedTask>> childrenOf = [];
    private readonly Dictionary<int, int> parentOf = [];

    public void Read()
    {
        FindParents();
        foreach (var task in tasks)
        {
            foreach (var child in childrenOf.GetValueOrDefault(task.Index, []))
            {
                order.Add(task.Index, child.Index, DependencyKind.Parent);
            }
        }

        var groups = tasks.Where(task => !parentOf.ContainsKey(task.Index)).GroupBy(task => task.Section.AtLevel(2)).Select(group => group.ToList()).ToList();
        foreach (var group in groups)
        {
            Chain(group, []);
        }

        for (var i = 1; dialect.PhasesAreOrdered && i < groups.Count; i++)
        {
            order.Barrier([.. groups[i - 1].Select(task => task.Index)], [.. groups[i].SelectMany(Beginnings)]);
        }
    }

    // Nested by indent, or flat and numbered: "1.1" on the same column as "1".
    private void FindParents()
    {
        var byId = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var task in tasks)
        {
            var above = task.Parent >= 0 ? task.Parent : byId.GetValueOrDefault(NumberedLine.Above(task.Id), -1);
            if (task.Id.Length > 0)
            {
                byId.TryAdd(task.Id, task.Index);
            }

            if (above >= 0 && above != task.Index)
            {
                parentOf[task.Index] = above;
                (childrenOf.TryGetValue(above, out var list) ? list : childrenOf[above] = []).Add(task);
            }
        }
    }

    /// <summary>Siblings in their order; what comes before a parent comes before its children too.</summary>
    private void Chain(IReadOnlyList<NumberedTask> siblings, IReadOnlyList<int> before)
    {
        var since = before;
        List<int> next = [];
        foreach (var task in siblings)
        {
            if (!task.IsParallel)
            {
                since = next.Count > 0 ? next : since;
                next = [];
            }

            order.After([.. Beginnings(task)], since);
            next.Add(task.Index);
            Chain(childrenOf.GetValueOrDefault(task.Index, []), []);
        }
    }

    /// <summary>The tasks that start first below a task, or itself when it has none below.</summary>
    private IEnumerable<int> Beginnings(NumberedTask task)
    {
        var children = childrenOf.GetValueOrDefault(task.Index, []);
        return children.Count == 0 ? [task.Index] : children.TakeWhile((child, index) => index == 0 || child.IsParallel || !order.IsSequential).SelectMany(Beginnings);
    }
}
