using System.Text.Json.Serialization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Scheduling;
using Interlock.Engine.Stores;

namespace Interlock.Engine.Protocol;

/// <summary>The answer to one operation: a refusal, or what is true now.</summary>
public sealed record Reply(WorkTask? Task = null, Lease? Lease = null, string? Token = null, Refusal? Refusal = null)
{
    [JsonIgnore]
    public bool Done => Refusal is null;

    public static Reply Refused(Refusal refusal) => new(Refusal: refusal);
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(TaskIdConverter), typeof(StoryIdConverter), typeof(AgentIdConverter), typeof(UtcConverter)])]
[JsonSerializable(typeof(Reply))]
internal sealed partial class ReplyJson : JsonSerializerContext;
