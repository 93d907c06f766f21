using Interlock.Domain.Leasing;
using Interlock.Domain.Plans;

namespace Interlock.Engine.Stores;

/// <summary>One row of the state that the log of events rebuilds.</summary>
/// <param name="Table">As events name it: <c>story</c>, <c>task</c>, <c>lease</c>, <c>landing</c>, <c>branch</c>, <c>message</c>, <c>delivery</c>, <c>suggestion</c>, <c>usage</c>, <c>breaker</c>.</param>
/// <param name="Key">Unique in its table.</param>
/// <param name="Doc">The record as JSON, byte for byte as it was stored.</param>
/// <param name="Order">Place of a story in the plan; null elsewhere.</param>
public sealed record StoredRow(string Table, string Key, string Doc, int? Order = null);

public enum DeliveryState
{
    /// <summary>Given to the agent, which has not come back since: it may never have got it.</summary>
    Delivered,

    /// <summary>The agent had it.</summary>
    Acknowledged,

    /// <summary>Taken out of a full inbox.</summary>
    Dropped,
}

/// <summary>How far a message came with an agent.</summary>
/// <param name="State">Null for <see cref="DeliveryState.Acknowledged"/>, the only one there was at first.</param>
public sealed record Delivery(string Message, AgentId Agent, DateTimeOffset At, DeliveryState? State = null)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public DeliveryState Reached => State ?? DeliveryState.Acknowledged;

    [System.Text.Json.Serialization.JsonIgnore]
    public string Key => $"{Message}/{Agent}";
}

/// <summary>Which events to read; null members do not filter.</summary>
/// <param name="Kind">A whole kind such as <c>task.claimed</c>, or the part before its dot.</param>
/// <param name="Since">Events at that time or later.</param>
public sealed record EventFilter(TaskId? Task = null, AgentId? Agent = null, string? Kind = null, DateTimeOffset? Since = null)
{
    public static EventFilter None { get; } = new();
}

/// <summary>What a look into the store's own file found.</summary>
/// <param name="Version">Of the SQLite in use.</param>
/// <param name="Schema">Number of the newest migration in the file.</param>
/// <param name="Journal"><c>wal</c> when all is well.</param>
/// <param name="Faults">What the integrity check says, one line each; empty when the file is sound.</param>
/// <param name="NextFence">The fence the next claim gets at the least.</param>
public sealed record StoreExam(string Version, long Schema, string Journal, IReadOnlyList<string> Faults, long NextFence, Durability Durability = Durability.Full);
