using Interlock.Domain.Plans;

namespace Interlock.Domain.Assignment;

/// <summary>A task that is free to go to any type.</summary>
internal sealed class Candidate(AssignableTask task, IReadOnlyList<TypeShare> shares)
{
    private readonly Dictionary<TypeShare, SpecialtyMatch> _matches =
        shares.ToDictionary(share => share, share => SpecialtyMatch.Of(task, share.Specialties));

    public AssignableTask Task => task;

    public SpecialtyMatch Best => _matches.Values.Max()!;

    public TypeShare? Share { get; set; }

    public string Reason { get; set; } = "";

    public SpecialtyMatch MatchWith(TypeShare share) => _matches[share];
}

/// <summary>One type's agents and the tasks given to them so far.</summary>
internal sealed class TypeShare(AgentType type, IReadOnlyList<AgentId> agents)
{
    private readonly List<Candidate> _candidates = [];
    private readonly List<(AssignableTask Task, AgentId Agent, string Reason)> _fixed = [];
    private int _load;

    public AgentType Type => type;

    public IReadOnlyList<AgentId> Agents => agents;

    public IReadOnlyList<Specialty> Specialties { get; } = [.. type.Specialties.Select(Specialty.Read)];

    public decimal LoadPerAgent => (decimal)_load / agents.Count;

    public void Fix(AssignableTask task, AgentId agent, string reason)
    {
        _fixed.Add((task, agent, reason));
        _load += task.Complexity.Weight();
    }

    public void Add(Candidate candidate, string reason)
    {
        _candidates.Add(candidate);
        (candidate.Share, candidate.Reason) = (this, reason);
        _load += candidate.Task.Complexity.Weight();
    }

    public void Remove(Candidate candidate)
    {
        _candidates.Remove(candidate);
        _load -= candidate.Task.Complexity.Weight();
    }

    /// <summary>Every agent has work and none more than twice another's.</summary>
    public bool IsBalanced() => IsBalanced(_candidates);

    /// <summary>A type gives only what leaves it busier than the receiver and no worse divided than before.</summary>
    public bool CanSpare(Candidate candidate, TypeShare receiver)
    {
        var left = (decimal)(_load - candidate.Task.Complexity.Weight()) / agents.Count;
        var rest = _candidates.Where(other => other != candidate).ToList();
        return left > receiver.LoadPerAgent && (IsBalanced(rest) || (rest.Count >= agents.Count && !IsBalanced()));
    }

    public IEnumerable<Assignment> Divide()
    {
        var free = _candidates.OrderBy(candidate => candidate.Task.Id).ToList();
        var division = Division.Of(
            agents.Count,
            [.. free.Select(candidate => candidate.Task)],
            [.. _fixed.Select(given => (given.Task, IndexOf(given.Agent)))]);
        return _fixed.Select(given => new Assignment(given.Task.Id, given.Agent, type.Name, given.Reason))
            .Concat(free.Select((candidate, i) =>
                new Assignment(candidate.Task.Id, agents[division.AgentOf(i)], type.Name, candidate.Reason)));
    }

    private bool IsBalanced(IEnumerable<Candidate> candidates) => Division.CanBalance(
        agents.Count,
        candidates.Select(candidate => candidate.Task.Complexity.Weight()),
        [.. _fixed.Select(given => (given.Task.Complexity.Weight(), IndexOf(given.Agent)))]);

    private int IndexOf(AgentId agent) => agents.TakeWhile(other => other != agent).Count();
}
