using Interlock.Domain.Plans;

namespace Interlock.Domain.Messaging;

/// <summary>What one agent tells others. Data, never an instruction with authority: the receiver decides.</summary>
public sealed record Message
{
    /// <summary>Largest body that is accepted, in UTF-8 bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    public static readonly IReadOnlySet<string> Types = new HashSet<string> { "coordination", "question", "notification", "blocker" };
    public static readonly IReadOnlySet<string> Urgencies = new HashSet<string> { "low", "medium", "high", "critical" };

    /// <summary>File name without extension: UTC time and sender, unique in the repository.</summary>
    public required string Id { get; init; }

    public required AgentId From { get; init; }

    /// <summary>Agents, agent types, or <c>all</c>.</summary>
    public required IReadOnlyList<string> To { get; init; }

    public required DateTimeOffset Timestamp { get; init; }
    public string Type { get; init; } = "notification";
    public string Subject { get; init; } = "";
    public string Body { get; init; } = "";
    public IReadOnlyList<string> RelatedTasks { get; init; } = [];
    public IReadOnlyList<string> RelatedFiles { get; init; } = [];
    public string Urgency { get; init; } = "medium";
    public bool RequiresResponse { get; init; }
    public DateTimeOffset? ResponseBy { get; init; }

    /// <summary>True for the agent itself, its type, or everybody; never for the sender.</summary>
    public bool IsFor(AgentId agent, string? type) =>
        From != agent && To.Any(to => to == agent.Value || to == "all" || (type is not null && to == type));

    /// <summary>Null when the message may be delivered; else what is wrong with it.</summary>
    public string? Problem() =>
        To.Count == 0 ? "it names no receiver in 'to'"
        : To.Any(to => !Identifiers.IsValid(to)) ? "'to' holds a name that is not an id"
        : !Types.Contains(Type) ? $"type '{Type}' is not one of {string.Join(", ", Types)}"
        : !Urgencies.Contains(Urgency) ? $"urgency '{Urgency}' is not one of {string.Join(", ", Urgencies)}"
        : System.Text.Encoding.UTF8.GetByteCount(Body) > MaxBytes ? $"the message is larger than {MaxBytes / 1024} kB"
        : System.Text.Encoding.UTF8.GetByteCount(Subject) > 1024 ? "the subject is larger than 1 kB"
        : null;
}
