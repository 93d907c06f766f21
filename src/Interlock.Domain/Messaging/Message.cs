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

    /// <summary>Agents, agent types, <c>task:2.5.1</c> for whoever holds that task, or <c>all</c>.</summary>
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

    /// <summary>The message this one answers.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>How many later ones of the same sender about the same were taken into it before anybody had read it; null for none.</summary>
    public int? Coalesced { get; init; }

    /// <summary>When the newest of those came.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The message that answered it; null while none has.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>True from when its answer was found missing; null before.</summary>
    public bool? Overdue { get; init; }

    /// <summary>An answer is asked for by some time and has not come.</summary>
    public bool IsAwaited() => RequiresResponse && ResponseBy is not null && AnsweredBy is null;

    /// <summary>True for the agent itself, its type, the holder of a task, or everybody; never for the sender.</summary>
    /// <param name="holds">Whether the agent holds a task now.</param>
    public bool IsFor(AgentId agent, string? type, Func<TaskId, bool> holds) =>
        From != agent && To.Any(to => to == agent.Value || to == Address.Everybody || (type is not null && to == type) || (Address.TaskOf(to) is { } task && holds(task)));

    /// <summary>Null when the message may be delivered; else what is wrong with it.</summary>
    public string? Problem() =>
        To.Count == 0 ? "it names no receiver in 'to'"
        : To.Count > Address.Most ? $"'to' names more than {Address.Most} receivers; write all, or an agent type"
        : To.Any(to => !Address.IsValid(to)) ? "'to' holds a name that is not an id"
        : !Types.Contains(Type) ? $"type '{Type}' is not one of {string.Join(", ", Types)}"
        : !Urgencies.Contains(Urgency) ? $"urgency '{Urgency}' is not one of {string.Join(", ", Urgencies)}"
        : System.Text.Encoding.UTF8.GetByteCount(Body) > MaxBytes ? $"the message is larger than {MaxBytes / 1024} kB"
        : System.Text.Encoding.UTF8.GetByteCount(Subject) > 1024 ? "the subject is larger than 1 kB"
        : RelatedTasks.Count + RelatedFiles.Count > 200 || RelatedTasks.Concat(RelatedFiles).Any(related => related.Length > 512) ? "it names more than 200 related tasks and files, or one longer than 512 characters"
        : null;
}
