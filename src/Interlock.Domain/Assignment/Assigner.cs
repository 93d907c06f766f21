using Interlock.Domain.Plans;

namespace Interlock.Domain.Assignment;

/// <summary>What the assigner needs to know of a task.</summary>
/// <param name="Files">File patterns; empty means unknown.</param>
/// <param name="Annotation">The agent the plan names; null when free.</param>
/// <param name="Current">The agent it is assigned to already; null when new.</param>
public sealed record AssignableTask(
    TaskId Id,
    string Title,
    string? Group,
    Complexity Complexity,
    IReadOnlyList<string> Files,
    AgentId? Annotation,
    AgentId? Current);

/// <summary>Who is to do a task, and why.</summary>
/// <param name="Reason">Why this type, a clause for people, such as <c>title says 'endpoint'</c>.</param>
public sealed record Assignment(TaskId Task, AgentId Agent, string Type, string Reason)
{
    /// <summary>Why this agent of the type: what it shares with the agent's other tasks, or how much work it has.</summary>
    public string Beside { get; init; } = "";
}

/// <summary>
/// Shares a story's tasks out among a roster. Pure and independent of the order of the input. In this order: the plan's
/// annotation, the assignment a task already has, the specialties of the types, the lightest load.
/// </summary>
public static class Assigner
{
    /// <summary>Assigns as <see cref="Assign"/> does. A task that keeps its agent is given the reason why it would go there anyway, where it would.</summary>
    public static IReadOnlyList<Assignment> Explain(IReadOnlyList<AssignableTask> tasks, Roster roster)
    {
        var anew = Assign([.. tasks.Select(task => task with { Current = null })], roster).ToDictionary(assignment => assignment.Task);
        var current = tasks.Where(task => task.Current is not null && task.Annotation is null).ToDictionary(task => task.Id, task => task.Current);
        return
        [
            .. Assign(tasks, roster).Select(given => current.TryGetValue(given.Task, out var agent) && anew[given.Task] is var again && again.Type == given.Type && given.Agent == agent
                ? given with { Reason = again.Reason }
                : given),
        ];
    }

    /// <returns>One assignment for each task, in the order of the ids.</returns>
    /// <exception cref="ArgumentException">The roster has no agents, or two tasks have one id.</exception>
    public static IReadOnlyList<Assignment> Assign(IReadOnlyList<AssignableTask> tasks, Roster roster)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(roster);
        var agents = roster.Agents;
        if (tasks.Count == 0)
        {
            return [];
        }

        if (agents.Count == 0)
        {
            throw new ArgumentException("the roster has no agents", nameof(roster));
        }

        if (tasks.DistinctBy(task => task.Id).Count() != tasks.Count)
        {
            throw new ArgumentException("two tasks have one id", nameof(tasks));
        }

        var shares = roster.Types.Where(type => type.Count > 0)
            .Select(type => new TypeShare(type, [.. agents.Where(agent => agent.Type == type.Name).Select(agent => agent.Id)]))
            .ToList();
        var sorted = tasks.OrderBy(task => task.Id).ToList();
        var free = sorted.Where(task => !IsFixed(task, shares)).Select(task => new Candidate(task, shares)).ToList();
        GiveToBestFit(free, shares);
        FillIdleTypes(free, shares);
        return Company.Explain([.. shares.SelectMany(share => share.Divide()).OrderBy(assignment => assignment.Task)], sorted);
    }

    private static bool IsFixed(AssignableTask task, List<TypeShare> shares) =>
        TryFix(task, task.Annotation, "the plan names this agent", shares)
        || TryFix(task, task.Current, "already assigned to this agent", shares);

    private static bool TryFix(AssignableTask task, AgentId? agent, string reason, List<TypeShare> shares)
    {
        if (agent is not { } id || shares.FirstOrDefault(share => share.Agents.Contains(id)) is not { } owner)
        {
            return false;
        }

        owner.Fix(task, id, reason);
        return true;
    }

    private static void GiveToBestFit(List<Candidate> free, List<TypeShare> shares)
    {
        foreach (var candidate in free.Where(candidate => candidate.Best.Place != MatchPlace.Nowhere))
        {
            var share = shares.Where(share => candidate.MatchWith(share).CompareTo(candidate.Best) == 0).MinBy(share => share.LoadPerAgent)!;
            share.Add(candidate, candidate.MatchWith(share).Reason);
        }

        // Heavy ones first: light ones even out what they leave.
        foreach (var candidate in free.Where(candidate => candidate.Best.Place == MatchPlace.Nowhere)
            .OrderByDescending(candidate => candidate.Task.Complexity.Weight()))
        {
            var share = shares.MinBy(share => share.LoadPerAgent)!;
            share.Add(candidate, $"no specialty fits and {share.Type.Name} has the lightest load");
        }
    }

    /// <summary>Moves what fits weakest to types with too little work, from the busiest type; a title is never overruled.</summary>
    private static void FillIdleTypes(List<Candidate> free, List<TypeShare> shares)
    {
        var movable = free.Where(candidate => candidate.Best.Place != MatchPlace.Title).ToList();
        while (shares.OrderBy(share => share.LoadPerAgent).Any(TryFill))
        {
        }

        bool TryFill(TypeShare receiver)
        {
            if (receiver.IsBalanced())
            {
                return false;
            }

            var pulled = movable.Where(candidate => candidate.Share != receiver)
                .OrderByDescending(candidate => candidate.Share!.LoadPerAgent)
                .ThenBy(candidate => candidate.MatchWith(candidate.Share!).Place - candidate.MatchWith(receiver).Place)
                .ThenBy(candidate => candidate.MatchWith(candidate.Share!).Weight - candidate.MatchWith(receiver).Weight)
                .FirstOrDefault(candidate => candidate.Share!.CanSpare(candidate, receiver));
            if (pulled is null)
            {
                return false;
            }

            pulled.Share!.Remove(pulled);
            receiver.Add(pulled, $"{receiver.Type.Name} had too little work");
            return movable.Remove(pulled);
        }
    }
}
