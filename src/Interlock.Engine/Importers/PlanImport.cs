using Interlock.Domain.Assignment;
using Interlock.Domain.Graph;
using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Importers;

/// <summary>What an import changed. Proposals are differences that only a person may carry out.</summary>
public sealed record ImportReport(
    Plan Plan, int Added, int Changed, IReadOnlyList<TaskId> Gone, IReadOnlyList<PlanProposal> Proposals, int LegacyMatched, int LegacyUnmatched);

/// <summary>Brings the plan's tasks into the store. Progress is never taken back by a plan, nor given by one after the first time.</summary>
public static class PlanImport
{
    /// <summary>Reads the plan without storing anything.</summary>
    /// <exception cref="BadInputException">The file is missing or unreadable.</exception>
    public static Plan Read(string root, ConfigFile config, PlanChoice? choice = null)
    {
        var (format, input) = PlanDiscovery.Find(root, config.Config, choice ?? new PlanChoice());
        return format.Parse(input, new PlanReading(config.Config.PlanCriteriaAsTasks, config.Config.PlanRelax.Concat(choice?.Relax ?? []).ToHashSet()));
    }

    public static ImportReport Store(Plan plan, ConfigFile config, TaskProtocol protocol)
    {
        if (Broken(plan) is { } broken)
        {
            throw new BadInputException($"{plan.Source}:{broken.Line}: {broken.Message}", broken.Hint);
        }

        return protocol.Store.Write(transaction =>
        {
            var now = protocol.Clock.Now;
            var before = transaction.Tasks();
            var merged = Merged(plan, before, config, now);
            var known = before.ToDictionary(task => task.Id);
            var (added, changed, gone) = (0, 0, merged.Where(task => task.PlanNow is { Gone: true } && known[task.Id].PlanNow is not { Gone: true }).Select(task => task.Id).ToList());
            foreach (var task in merged.Where(task => !(known.TryGetValue(task.Id, out var was) && SameContent(was, task))))
            {
                var isNew = !known.TryGetValue(task.Id, out var was);
                transaction.Put(task with { UpdatedAt = now });
                added += isNew ? 1 : 0;
                changed += !isNew && !SameContent(was! with { PlanBase = task.PlanBase, PlanNow = task.PlanNow, HeldBecause = task.HeldBecause }, task) ? 1 : 0;
                foreach (var proposal in isNew ? [] : PlanMerge.Proposals(task).Except(PlanMerge.Proposals(was!)))
                {
                    transaction.Append(now, "plan.proposed", proposal.Message, task.Id);
                }
            }

            if (PutStories(transaction, plan) || added + changed + gone.Count > 0 || merged.Any(task => !SameContent(known.GetValueOrDefault(task.Id) ?? task, task)))
            {
                transaction.Append(now, "plan.imported", $"{plan.Source}: {Counted.Of(added, "task")} added, {changed} changed, {gone.Count} gone");
            }

            var (matched, unmatched) = LegacyStatus.Adopt(transaction, now);
            return new ImportReport(plan, added, changed, gone, [.. merged.SelectMany(PlanMerge.Proposals)], matched, unmatched);
        });
    }

    /// <summary>What an import of the plan would propose to a person, besides what it would just do.</summary>
    public static IReadOnlyList<PlanProposal> Proposals(Plan plan, ConfigFile config, TaskProtocol protocol) =>
        Broken(plan) is not null ? [] : [.. Merged(plan, protocol.Store.Read(reader => reader.Tasks()), config, protocol.Clock.Now).SelectMany(PlanMerge.Proposals)];

    /// <summary>The tasks as they would be after an import and an assignment of the story, without storing anything.</summary>
    public static IReadOnlyList<WorkTask> Preview(Plan plan, StoryId story, ConfigFile config, TaskProtocol protocol)
    {
        var before = protocol.Store.Read(reader => reader.Tasks());
        var tasks = Broken(plan) is null ? Merged(plan, before, config, protocol.Clock.Now) : before;
        var given = AssignmentsOf(tasks, story, config).ToDictionary(assignment => assignment.Task);
        return [.. tasks.Where(task => task.Story == story).Select(task =>
            given.TryGetValue(task.Id, out var assignment) ? task with { AssignedAgent = assignment.Agent, AgentType = assignment.Type } : task)];
    }

    // A plan that cannot be read whole says nothing about what it no longer has.
    private static PlanProblem? Broken(Plan plan) =>
        plan.Problems.FirstOrDefault(problem => problem.Code is "conflict-marker" or "not-utf8" or "invalid-json" or "invalid-yaml");

    /// <summary>The tasks of the plan, and those it no longer has, as they are after an import.</summary>
    private static List<WorkTask> Merged(Plan plan, IReadOnlyList<WorkTask> before, ConfigFile config, DateTimeOffset now)
    {
        var known = before.ToDictionary(task => task.Id);
        var stories = plan.Stories.DistinctBy(story => story.Id).ToDictionary(story => story.Id);
        var tasks = plan.Tasks.Select((planned, order) => Merge(planned, stories[planned.Story], order, known.GetValueOrDefault(planned.Id), config, now) with { PlanPath = planned.SourcePath, PlanFormat = plan.Format }).ToList();
        var kept = plan.Tasks.Select(task => task.Id).ToHashSet();
        tasks.AddRange(before.Where(task => !kept.Contains(task.Id) && IsOf(plan, task, config)).Select(PlanMerge.Leave));
        return WithoutCycles(tasks);
    }

    // Dependencies set by hand and those of a new plan may close a circle together; then those of the plan hold.
    private static List<WorkTask> WithoutCycles(List<WorkTask> tasks)
    {
        var knots = TaskGraph.Build(tasks.Select(task => new TaskNode(task.Id, task.Dependencies))).Cycles.SelectMany(cycle => cycle).ToHashSet();
        return knots.Count == 0 ? tasks : [.. tasks.Select(task =>
            knots.Contains(task.Id) && task is { PlanBase: { Gone: false } agreed } && (task.PlanNow ?? agreed) is { Gone: false } said ? task with { Dependencies = said.Dependencies } : task)];
    }

    private static bool PutStories(IStoreTransaction transaction, Plan plan)
    {
        var known = transaction.Stories().ToDictionary(story => story.Id);
        var changed = false;
        var order = 0;
        foreach (var story in plan.Stories.DistinctBy(story => story.Id))
        {
            if (known.GetValueOrDefault(story.Id) != story)
            {
                transaction.Put(story, order);
                changed = true;
            }

            order++;
        }

        return changed;
    }

    private static WorkTask Merge(PlanTask planned, PlanStory story, int order, WorkTask? known, ConfigFile config, DateTimeOffset now)
    {
        var task = known ?? new WorkTask
        {
            Id = planned.Id,
            Story = planned.Story,
            Title = planned.Title,
            CreatedAt = now,
            UpdatedAt = now,
            State = planned.Status switch
            {
                PlanStatus.Done => TaskState.Merged,
                PlanStatus.Cancelled => TaskState.Cancelled,
                PlanStatus.Blocked => TaskState.Dead,
                _ => TaskState.Ready,
            },
            LastError = planned.Status == PlanStatus.Blocked ? "the plan says that it is blocked" : null,
            CompletedHow = planned.Status == PlanStatus.Done ? "baseline" : null,
            CompletedAt = planned.Status == PlanStatus.Done ? now : null,
        };
        var entry = Entry(planned, story);
        task = task with
        {
            Story = planned.Story,
            Epic = story.Epic,
            Group = planned.Group,
            Order = order,
            Module = config.ModuleOf(planned.Story, planned.Group, planned.Files),
            HeldBecause = HeldBecause(planned),
            PlanAgent = planned.Agent,
            FromPlan = true,
            Parts = planned.Parts.Count > 0 ? planned.Parts : null,
        };
        return known is not null ? PlanMerge.Take(task, entry) : task with
        {
            Complexity = entry.Complexity,
            Priority = entry.Priority,
            Dependencies = entry.Dependencies,
            Files = entry.Files,
            PlanBase = entry,
        };
    }

    private static PlanEntry Entry(PlanTask planned, PlanStory story) => new()
    {
        Title = planned.Title,
        Dependencies = [.. planned.AllDependencies],
        Files = planned.Files,
        Complexity = planned.Complexity,
        Priority = story.Priority,
        Status = planned.Status,
        Line = planned.Line,
    };

    private static string? HeldBecause(PlanTask planned) => planned.Problem is null ? null : $"line {planned.Line} of the plan has the problem {planned.Problem}";

    // Several plans may be in one store; a task is gone only when its own plan no longer has it.
    private static bool IsOf(Plan plan, WorkTask task, ConfigFile config) =>
        task.FromPlan && (task.PlanPath is not { } path || path == plan.Source || path.StartsWith(plan.Source + "/", StringComparison.Ordinal)
            || !File.Exists(Path.Combine(Path.GetDirectoryName(config.Path)!, path)));

    // Records compare their lists by reference, so equality of content is spelled out. The line alone is no change.
    private static bool SameContent(WorkTask left, WorkTask right) =>
        left.Dependencies.SequenceEqual(right.Dependencies) && left.Files.SequenceEqual(right.Files)
        && (left.Parts ?? []).SequenceEqual(right.Parts ?? []) && Same(left.PlanBase, right.PlanBase) && Same(left.PlanNow, right.PlanNow)
        && (left with { Dependencies = right.Dependencies, Files = right.Files, Parts = right.Parts, PlanBase = right.PlanBase, PlanNow = right.PlanNow }) == right;

    private static bool Same(PlanEntry? left, PlanEntry? right) => left is null || right is null ? left is null && right is null : left.SaysTheSame(right);

    /// <summary>Assigns a story's tasks to the roster and stores it. Existing assignments stay.</summary>
    public static IReadOnlyList<Assignment> Assign(StoryId story, ConfigFile config, TaskProtocol protocol) => protocol.Store.Write(transaction =>
    {
        var tasks = transaction.Tasks();
        var assignments = AssignmentsOf(tasks, story, config);
        var byTask = assignments.ToDictionary(assignment => assignment.Task);
        var changed = 0;
        foreach (var task in tasks.Where(task => byTask.ContainsKey(task.Id)))
        {
            var assignment = byTask[task.Id];
            if (task.AssignedAgent != assignment.Agent || task.AgentType != assignment.Type)
            {
                transaction.Put(task with { AssignedAgent = assignment.Agent, AgentType = assignment.Type, UpdatedAt = protocol.Clock.Now });
                changed++;
            }
        }

        if (changed > 0)
        {
            transaction.Append(protocol.Clock.Now, "story.assigned", $"story {story}: {Counted.Of(changed, "task")} assigned");
        }

        return assignments;
    });

    private static IReadOnlyList<Assignment> AssignmentsOf(IReadOnlyList<WorkTask> tasks, StoryId story, ConfigFile config) => Assigner.Explain(
        [
            .. tasks.Where(task => task.Story == story && task.State != TaskState.Cancelled && !task.IsWhole)
                .Select(task => new AssignableTask(task.Id, task.Title, task.Group, task.Complexity, task.Files, task.PlanAgent, task.AssignedAgent)),
        ],
        config.Roster);
}
