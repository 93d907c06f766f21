using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;
using Interlock.Domain.Verification;
using Interlock.Engine.Stores;

namespace Interlock.Tests.Faults.Simulation;

/// <summary>One row that an event changed; written out as JSON only when somebody asks.</summary>
internal sealed record MemoryRow(string Table, string Key, object Record, int? Order = null)
{
    public string Doc => Record switch
    {
        WorkTask task => Json(task, StoreJson.Default.WorkTask),
        Lease lease => Json(lease, StoreJson.Default.Lease),
        Landing landing => Json(landing, StoreJson.Default.Landing),
        BranchState branch => Json(branch, StoreJson.Default.BranchState),
        Message message => Json(message, StoreJson.Default.Message),
        PlanStory story => Json(story, StoreJson.Default.PlanStory),
        Delivery delivery => Json(delivery, StoreJson.Default.Delivery),
        Suggestion suggestion => Json(suggestion, StoreJson.Default.Suggestion),
        AttemptUsage usage => Json(usage, StoreJson.Default.AttemptUsage),
        Breaker breaker => Json(breaker, StoreJson.Default.Breaker),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public string InEvent => $"{{\"{Table}\":{Doc}{(Order is { } order ? $",\"order\":{order}" : "")}}}";

    private static string Json<T>(T record, JsonTypeInfo<T> type) => JsonSerializer.Serialize(record, type);
}

/// <summary>An event with its rows as records.</summary>
internal sealed record MemoryEvent(Event Line, IReadOnlyList<MemoryRow> Rows)
{
    public Event Written => Line with { Rows = $"[{string.Join(',', Rows.Select(row => row.InEvent))}]" };
}

/// <summary>Everything a store holds at one moment. Never changes, so a reading, a rollback and a crash cost nothing.</summary>
internal sealed record MemoryState(string Epoch)
{
    public long LastFence { get; init; }
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<string, MemoryRow> Stories { get; init; } = ImmutableSortedDictionary.Create<string, MemoryRow>(StringComparer.Ordinal);

    /// <summary>In the plan's order.</summary>
    public ImmutableArray<WorkTask> Tasks { get; init; } = [];

    public ImmutableSortedDictionary<long, Lease> Leases { get; init; } = ImmutableSortedDictionary<long, Lease>.Empty;
    public ImmutableArray<Lease> Live { get; init; } = [];
    public ImmutableSortedDictionary<long, Landing> Landings { get; init; } = ImmutableSortedDictionary<long, Landing>.Empty;
    public ImmutableSortedDictionary<string, BranchState> Branches { get; init; } = ImmutableSortedDictionary.Create<string, BranchState>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<string, Message> Messages { get; init; } = ImmutableSortedDictionary.Create<string, Message>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<string, Delivery> Deliveries { get; init; } = ImmutableSortedDictionary.Create<string, Delivery>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<string, Suggestion> Suggestions { get; init; } = ImmutableSortedDictionary.Create<string, Suggestion>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<string, SignOfLife> Signs { get; init; } = ImmutableSortedDictionary.Create<string, SignOfLife>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<long, AttemptUsage> Usages { get; init; } = ImmutableSortedDictionary<long, AttemptUsage>.Empty;
    public ImmutableSortedDictionary<string, Breaker> Breakers { get; init; } = ImmutableSortedDictionary.Create<string, Breaker>(StringComparer.Ordinal);
    public ImmutableDictionary<Supervisor, Heartbeat> Beats { get; init; } = ImmutableDictionary<Supervisor, Heartbeat>.Empty;
    public ImmutableDictionary<string, string> Results { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);
    public ImmutableSortedDictionary<string, byte[]> Projections { get; init; } = ImmutableSortedDictionary.Create<string, byte[]>(StringComparer.Ordinal);
    public ImmutableList<CheckRun> Checks { get; init; } = [];
    public ImmutableList<MemoryEvent> Events { get; init; } = [];

    public WorkTask? Find(TaskId id)
    {
        foreach (var task in Tasks)
        {
            if (task.Id == id)
            {
                return task;
            }
        }

        return null;
    }
}
