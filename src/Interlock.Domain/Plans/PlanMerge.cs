using Interlock.Domain.Scheduling;

namespace Interlock.Domain.Plans;

/// <summary>
/// Brings a new reading of the plan together with the last one that was agreed on and with the state. What only the plan
/// changed is taken; what the plan left alone stays as it is here; everything else is proposed.
/// </summary>
public static class PlanMerge
{
    private const string GoneBecause = "it is no longer in the plan";

    /// <summary>The task after the plan was read. Its <see cref="WorkTask.State"/> never changes.</summary>
    public static WorkTask Take(WorkTask task, PlanEntry plan)
    {
        var agreed = task.PlanBase ?? Assumed(task, plan.Files.Count == 0 ? plan.Files : task.Files);
        var merged = TakeContent(task, ref agreed, plan);
        if (plan.Status == agreed.Status || Wanted(plan.Status, agreed.Status, task) is null)
        {
            agreed = agreed with { Status = plan.Status };
        }

        agreed = agreed with { Gone = false };
        return merged with { PlanBase = agreed, PlanNow = plan.SaysTheSame(agreed) ? null : plan };
    }

    /// <summary>The task after a reading of its plan that no longer has it. Unless it is finished, nobody starts it before a person has decided.</summary>
    public static WorkTask Leave(WorkTask task)
    {
        var agreed = task.PlanBase ?? Assumed(task, task.Files);
        var gone = agreed with { Gone = true, Line = 0 };
        return agreed.Gone || task.IsFinished
            ? task with { PlanBase = gone, PlanNow = null }
            : task with { PlanBase = agreed, PlanNow = gone, HeldBecause = task.IsOpen ? GoneBecause : task.HeldBecause };
    }

    /// <summary>What the plan says that only a person may carry out; empty when plan and state agree.</summary>
    public static IReadOnlyList<PlanProposal> Proposals(WorkTask task)
    {
        if (task is not { PlanNow: { } plan, PlanBase: { } agreed })
        {
            return [];
        }

        var found = new List<PlanProposal>();
        if (plan.Gone)
        {
            return agreed.Gone || task.IsFinished ? [] : [new PlanProposal(task.Id, PlanProposalKind.Cancel, $"{task.Id} is no longer in the plan but {StatusWords.Of(task.State)} here")];
        }

        if (plan.Status != agreed.Status && Wanted(plan.Status, agreed.Status, task) is { } kind)
        {
            var says = kind switch { PlanProposalKind.Complete => "ticked", PlanProposalKind.Reopen => "no longer ticked", _ => "cancelled" };
            found.Add(new PlanProposal(task.Id, kind, $"{task.Id} is {says} in line {plan.Line} but {StatusWords.Of(task.State)} here"));
        }

        var changes = Changes(task, agreed, plan);
        if (changes.Count > 0)
        {
            found.Add(new PlanProposal(task.Id, PlanProposalKind.Change, $"{task.Id} is {StatusWords.Of(task.State)} here and line {plan.Line} changes {string.Join(" and ", changes)}"));
        }

        return found;
    }

    /// <summary>The task once a person agreed to what the plan says or refused it. The state is moved by whoever asks.</summary>
    public static WorkTask Settle(WorkTask task, bool accept)
    {
        if (task.PlanNow is not { } plan)
        {
            return task;
        }

        var settled = task with { PlanBase = plan, PlanNow = null, HeldBecause = task.HeldBecause == GoneBecause ? null : task.HeldBecause };
        return !accept || plan.Gone ? settled : settled with
        {
            Title = plan.Title,
            Dependencies = plan.Dependencies,
            Files = plan.Files,
            Complexity = plan.Complexity,
            Priority = plan.Priority,
        };
    }

    private static WorkTask TakeContent(WorkTask task, ref PlanEntry agreed, PlanEntry plan)
    {
        // Somebody works by what the task was, or it has landed as that.
        var free = task.State is TaskState.Ready or TaskState.Blocked or TaskState.Dead or TaskState.Cancelled;
        var (title, titleBase) = Three(agreed.Title, plan.Title, task.Title, free, string.Equals);
        var (dependencies, dependenciesBase) = Three(agreed.Dependencies, plan.Dependencies, task.Dependencies, free, SameItems);
        var (files, filesBase) = Three(agreed.Files, plan.Files, task.Files, free, SameItems);
        var (complexity, complexityBase) = Three(agreed.Complexity, plan.Complexity, task.Complexity, free, (left, right) => left == right);
        var (priority, priorityBase) = Three(agreed.Priority, plan.Priority, task.Priority, free, (left, right) => left == right);
        agreed = agreed with
        {
            Title = titleBase,
            Dependencies = dependenciesBase,
            Files = filesBase,
            Complexity = complexityBase,
            Priority = priorityBase,
            Line = plan.Line,
        };
        return task with { Title = title, Dependencies = dependencies, Files = files, Complexity = complexity, Priority = priority };
    }

    /// <summary>The value after the merge, and what is agreed on from now.</summary>
    private static (T Value, T Agreed) Three<T>(T agreed, T plan, T state, bool free, Func<T, T, bool> same) =>
        same(plan, agreed) ? (state, agreed)
        : same(plan, state) ? (state, plan)
        : free && same(state, agreed) ? (plan, plan)
        : (state, agreed);

    private static PlanProposalKind? Wanted(PlanStatus plan, PlanStatus agreed, WorkTask task) => (plan, task.State) switch
    {
        (PlanStatus.Done, not (TaskState.Merged or TaskState.Cancelled)) => PlanProposalKind.Complete,
        (PlanStatus.Cancelled, not (TaskState.Merged or TaskState.Cancelled)) => PlanProposalKind.Cancel,
        (not (PlanStatus.Done or PlanStatus.Cancelled), TaskState.Merged) when agreed == PlanStatus.Done => PlanProposalKind.Reopen,
        _ => null,
    };

    private static List<string> Changes(WorkTask task, PlanEntry agreed, PlanEntry plan)
    {
        var changes = new List<string>();
        Note("its title", plan.Title != agreed.Title && plan.Title != task.Title);
        Note("its dependencies", !SameItems(plan.Dependencies, agreed.Dependencies) && !SameItems(plan.Dependencies, task.Dependencies));
        Note("its files", !SameItems(plan.Files, agreed.Files) && !SameItems(plan.Files, task.Files));
        Note("its complexity", plan.Complexity != agreed.Complexity && plan.Complexity != task.Complexity);
        Note("its priority", plan.Priority != agreed.Priority && plan.Priority != task.Priority);
        return changes;

        void Note(string what, bool isChanged)
        {
            if (isChanged)
            {
                changes.Add(what);
            }
        }
    }

    // A task that was imported before readings were kept: what it holds is what the plan said.
    private static PlanEntry Assumed(WorkTask task, IReadOnlyList<string> files) => new()
    {
        Title = task.Title,
        Dependencies = task.Dependencies,
        Files = files,
        Complexity = task.Complexity,
        Priority = task.Priority,
        Status = task.CompletedHow == "baseline" ? PlanStatus.Done : PlanStatus.Pending,
    };

    private static bool SameItems<T>(IReadOnlyList<T> left, IReadOnlyList<T> right) => left.SequenceEqual(right);
}
