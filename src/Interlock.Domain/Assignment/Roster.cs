using Interlock.Domain.Plans;

namespace Interlock.Domain.Assignment;

/// <summary>A kind of agent and what it is good at.</summary>
/// <param name="Count">How many agents of this type work; 0 switches the type off.</param>
/// <param name="Specialties">
/// Keywords or phrases in lower case. A suffix such as <c>^3</c> gives a weight, 1 otherwise: of two types whose
/// keywords both stand in a title, the heavier keyword wins.
/// </param>
public sealed record AgentType(string Name, int Count, IReadOnlyList<string> Specialties);

/// <summary>One agent; its id is the type, a dash and a number from 1.</summary>
public sealed record RosterAgent(AgentId Id, string Type);

/// <summary>The agents that share the work, by type. The order of the types breaks ties.</summary>
public sealed record Roster(IReadOnlyList<AgentType> Types)
{
    private static readonly string[] OAuth =
    [
        "oauth^2", "token^2", "authentication^2", "authorization^2", "auth^2", "login^2", "sign in^2", "jwt^2", "session",
        "password", "credential", "scope", "encryption", "encrypted", "permission",
    ];

    private static readonly string[] Backend =
    [
        "endpoint^4", "route^4", "router^4", "controller^4", "rest api^4", "graphql^4", "webhook^4", "api", "middleware",
        "database", "schema", "migration",
    ];

    private static readonly string[] Qa =
    [
        "test^3", "validate^3", "validation^3", "verify^3", "verifies^3", "verification^3", "error handling^3", "qa^3",
        "coverage", "regression", "spec",
    ];

    /// <summary>Three agents for authentication, two for the API, two for quality.</summary>
    public static Roster Default { get; } = new(
    [
        new AgentType("dev-oauth", 3, OAuth),
        new AgentType("dev-backend", 2, Backend),
        new AgentType("qa", 2, Qa),
    ]);

    /// <summary>Every agent, in the order of the types.</summary>
    /// <exception cref="FormatException">A type's name cannot be part of an agent id.</exception>
    /// <exception cref="ArgumentException">Two types have one name.</exception>
    public IReadOnlyList<RosterAgent> Agents
    {
        get
        {
            var twice = Types.GroupBy(type => type.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
            return twice is null
                ? [.. from type in Types
                      from number in Enumerable.Range(1, Math.Max(0, type.Count))
                      select new RosterAgent(AgentId.Parse($"{type.Name}-{number}"), type.Name)]
                : throw new ArgumentException($"the roster names the agent type '{twice.Key}' twice");
        }
    }
}
