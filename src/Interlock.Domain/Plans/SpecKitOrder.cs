using System.Text.RegularExpressions;

namespace Interlock.Domain.Plans;

/// <summary>
/// The order a Spec Kit file implies: within a phase each task without [P] after those before it; Setup, then Foundational, then the
/// user stories beside one another, then everything else in the order of its phases; what prose says about stories; chains of arrows.
/// </summary>
internal sealed partial class SpecKitOrder(Outline outline, IReadOnlyList<SpecKitTask> tasks, ImpliedOrder order)
{
    private sealed record Phase(Section Section, List<SpecKitTask> Tasks, bool IsStory)
    {
        public IReadOnlyList<int> Indexes { get; } = [.. Tasks.Select(task => task.Index)];
    }

    public void Read()
    {
        var parallel = tasks.Where(task => task.Line.IsParallel).Select(task => task.Index).ToHashSet();
        var phases = tasks.GroupBy(task => PhaseOf(task.Section)).Select(group => new Phase(group.Key, [.. group], IsStory(group.Key.Text, group))).ToList();
        ReadChains();
        foreach (var phase in phases)
        {
            order.Sequence(phase.Indexes, parallel.Contains);
        }

        List<int> gate = [];
        var beside = new List<int>();
        foreach (var phase in phases)
        {
            if (phase.IsStory)
            {
                order.Barrier(gate, phase.Indexes);
                beside.AddRange(phase.Indexes);
                continue;
            }

            order.Barrier(beside.Count > 0 ? beside : gate, phase.Indexes);
            gate = [.. phase.Indexes];
            beside.Clear();
        }

        ReadStories(phases);
    }

    /// <summary>The heading of level 2, or the one that calls itself a phase.</summary>
    private static Section PhaseOf(Section section) =>
        section.Path.FirstOrDefault(heading => heading.Text.StartsWith("Phase", StringComparison.OrdinalIgnoreCase)) ?? section.AtLevel(2);

    private static bool IsStory(string heading, IEnumerable<SpecKitTask> tasks) =>
        StoryHeadingText().IsMatch(heading) || tasks.All(task => task.Line.Stories.Any());

    // "User Story 3 (P2): Depends on US1": the tasks of story 3 begin when those of story 1 have ended.
    private void ReadStories(List<Phase> phases)
    {
        var byStory = new Dictionary<int, List<int>>();
        foreach (var phase in phases.Where(phase => phase.IsStory))
        {
            foreach (var task in phase.Tasks)
            {
                foreach (var number in task.Line.Stories.Concat(Numbers(phase.Section.Text)).Distinct())
                {
                    (byStory.TryGetValue(number, out var list) ? list : byStory[number] = []).Add(task.Index);
                }
            }
        }

        var said = new HashSet<(int Story, int On)>();
        foreach (var line in outline.Prose.Where(line => line.Region == LineRegion.Text && line.Text.Length < 2000))
        {
            var plain = line.Visible.Replace("*", "", StringComparison.Ordinal);
            if (StoryDepends().Match(plain) is not { Success: true } match || !byStory.TryGetValue(Number(match.Groups["story"]), out var later))
            {
                continue;
            }

            foreach (var earlier in Numbers(match.Groups["on"].Value).Where(number => number != Number(match.Groups["story"]) && byStory.ContainsKey(number) && said.Add((Number(match.Groups["story"]), number))))
            {
                order.Barrier([.. byStory[earlier].Except(later)], [.. later.Except(byStory[earlier])]);
            }
        }
    }

    private void ReadChains()
    {
        var byId = tasks.GroupBy(task => task.Line.Id, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First().Index, StringComparer.OrdinalIgnoreCase);
        foreach (var line in outline.Prose.Where(line => line.Text.Length < 2000 && Arrow().IsMatch(line.Text)))
        {
            var steps = Arrow().Split(line.Text).Select(step => InlineDependencies.Ids(step, 'T').Where(byId.ContainsKey).Select(id => byId[id]).ToList()).ToList();
            for (var i = 1; i < steps.Count; i++)
            {
                foreach (var (task, on) in steps[i].SelectMany(task => steps[i - 1].Select(on => (task, on))))
                {
                    order.Add(task, on, DependencyKind.Inline);
                }
            }
        }
    }

    private static IEnumerable<int> Numbers(string text)
    {
        foreach (Match match in StoryRange().Matches(text))
        {
            var from = Number(match.Groups["from"]);
            var to = match.Groups["to"].Success ? Math.Min(Number(match.Groups["to"]), from + 50) : from;
            for (var number = from; number <= to; number++)
            {
                yield return number;
            }
        }
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bUser Stor(?:y|ies)\b|\bUS-?\d|用户故事|ユーザーストーリー", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex StoryHeadingText();

    [GeneratedRegex(@"^\s*(?:[-*+]\s*)?(?:User Story\s*|US-?)(?<story>\d{1,6})\b.*?\bdepends on\s+(?<on>(?:(?:User Stor(?:y|ies)\s*|US-?)?\d{1,6}\s*(?:\([^)]{0,40}\))?\s*(?:,|and\b|&|\+|/|-|–|through|to\b)?\s*){1,20})", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex StoryDepends();

    [GeneratedRegex(@"(?:User Stor(?:y|ies)\s*|US-?)(?<from>\d{1,6})(?:\s*(?:-|–|through|to)\s*(?:User Story\s*|US-?)?(?<to>\d{1,6}))?", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex StoryRange();

    [GeneratedRegex(@"\s*(?:→|⟶|➜|-->|->|=>)\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Arrow();
}
