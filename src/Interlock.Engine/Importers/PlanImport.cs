using Interlock.Domain.Assignment;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Configuration;
using Interlock.Engine.Projections;
using Interlock.Engine.Protocol;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Importers;

/// <summary>What an import changed. Proposals are differences that only a person may carry out.</summary>
public sealed record ImportReport(
    Plan Plan, int Added, int Changed, IReadOnlyList<TaskId> Gone, IReadOnlyList<string> Proposals, int LegacyMatched, int LegacyUnmatched);

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
        if (plan.Problems.FirstOrDefault(problem => problem.Code is "conflict-marker" or "not-utf8" or "invalid-json" or "invalid-yaml") is { } broken)
        {
            throw new BadInputException($"{plan.Source}:{broken.Line}: {broken.Message}", broken.Hint);
        }

        return protocol.Store.Write(transaction =>
        {
            var now = protocol.Clock.Now;
            var stories = plan.Stories.DistinctBy(story => story.Id).ToDictionary(story => story.Id);
            var before = transaction.Tasks().ToDictionary(task => task.Id);
            var (added, changed, proposals) = (0, 0, new List<string>());
            for (var order = 0; order < plan.Tasks.Count; order++)
            {
                var planned = plan.Tasks[order];
                var known = before.GetValueOrDefault(planned.Id);
                var task = Merge(planned, stories[planned.Story], order, known, config, now) with { PlanPath = planned.SourcePath, PlanFormat = plan.Format };
                if (known is null)
                {
                    added++;
                }
                else if (Proposal(planned, known) is { } proposal)
                {
                    proposals.Add(proposal);
                }

                if (known is null || !SameContent(known, task))
                {
                    changed += known is null ? 0 : 1;
                    transaction.Put(task with { UpdatedAt = now });
                }
            }

            var kept = plan.Tasks.Select(task => task.Id).ToHashSet();
            var gone = before.Values.Where(task => !kept.Contains(task.Id) && task.IsOpen && task.HeldBecause is null && task.CompletedHow is null && IsOf(plan, task, config)).ToList();
            gone.ForEach(task => transaction.Put(task with { HeldBecause = "it is no longer in the plan", UpdatedAt = now }));
            var storiesChanged = PutStories(transaction, plan);
            if (added + changed + gone.Count > 0 || storiesChanged)
            {
                transaction.Append(now, "plan.imported", $"{plan.Source}: {added} tasks added, {changed} changed, {gone.Count} gone");
            }

            var (matched, unmatched) = LegacyStatus.Adopt(transaction, now);
            return new ImportReport(plan, added, changed, [.. gone.Select(task => task.Id)], proposals, matched, unmatched);
        });
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
        return task with
        {
            Story = planned.Story,
            Epic = story.Epic,
            Group = planned.Group,
            Title = planned.Title,
            Order = order,
            Complexity = planned.Complexity,
            Priority = story.Priority,
            Dependencies = [.. planned.AllDependencies],
            Files = planned.Files.Count > 0 || known is null ? planned.Files : known.Files,
            Module = config.ModuleOf(planned.Story, planned.Group, planned.Files),
            HeldBecause = HeldBecause(planned),
            PlanAgent = planned.Agent,
            FromPlan = true,
        };
    }

    private static string? HeldBecause(PlanTask planned) => planned.Problem is null ? null : $"line {planned.Line} of the plan has the problem {planned.Problem}";

    // Several plans may be in one store; a task is gone only when its own plan no longer has it.
    private static bool IsOf(Plan plan, WorkTask task, ConfigFile config) =>
        task.FromPlan && (task.PlanPath is not { } path || path == plan.Source || path.StartsWith(plan.Source + "/", StringComparison.Ordinal)
            || !File.Exists(Path.Combine(Path.GetDirectoryName(config.Path)!, path)));

    private static string? Proposal(PlanTask planned, WorkTask known) => (planned.Status, known.State) switch
    {
        (PlanStatus.Done, not TaskState.Merged) =>
            $"{known.Id} is ticked in line {planned.Line} but {StatusWords.Of(known.State)} here; if it is really done: claim it and run 'interlock complete {known.Id} --no-code --reason …'",
        (PlanStatus.Pending, TaskState.Merged) when known.CompletedHow == "baseline" =>
            $"{known.Id} is no longer ticked in line {planned.Line} but completed here; to open it again set its status to pending in {StatusFile.Path}",
        _ => null,
    };

    // Records compare their lists by reference, so equality of content is spelled out.
    private static bool SameContent(WorkTask left, WorkTask right) =>
        left.Dependencies.SequenceEqual(right.Dependencies) && left.Files.SequenceEqual(right.Files)
        && (left with { Dependencies = right.Dependencies, Files = right.Files }) == right;

    /// <summary>Assigns a story's tasks to the roster and stores it. Existing assignments stay.</summary>
    public static IReadOnlyList<Assignment> Assign(StoryId story, ConfigFile config, TaskProtocol protocol) => protocol.Store.Write(transaction =>
    {
        var tasks = transaction.Tasks().Where(task => task.Story == story && task.State != TaskState.Cancelled).ToList();
        var assignments = Assigner.Assign(
            [.. tasks.Select(task => new AssignableTask(task.Id, task.Title, task.Group, task.Complexity, task.Files, task.PlanAgent, task.AssignedAgent))],
            config.Roster);
        var byTask = assignments.ToDictionary(assignment => assignment.Task);
        var changed = 0;
        foreach (var task in tasks)
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
            transaction.Append(protocol.Clock.Now, "story.assigned", $"story {story}: {changed} tasks assigned");
        }

        return assignments;
    });
}
