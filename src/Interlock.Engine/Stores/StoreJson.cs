using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Interlock.Domain.Leasing;
using Interlock.Domain.Merging;
using Interlock.Domain.Messaging;
using Interlock.Domain.Plans;
using Interlock.Domain.Scheduling;
using Interlock.Domain.Spending;

namespace Interlock.Engine.Stores;

/// <summary>How records are written into a store's rows.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(TaskIdConverter), typeof(StoryIdConverter), typeof(AgentIdConverter), typeof(UtcConverter)])]
[JsonSerializable(typeof(WorkTask))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Landing))]
[JsonSerializable(typeof(BranchState))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(PlanStory))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(Suggestion))]
[JsonSerializable(typeof(AttemptUsage))]
[JsonSerializable(typeof(Breaker))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StoreJson : JsonSerializerContext;

internal sealed class TaskIdConverter : JsonConverter<TaskId>
{
    public override TaskId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, TaskId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

internal sealed class StoryIdConverter : JsonConverter<StoryId>
{
    public override StoryId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, StoryId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

internal sealed class AgentIdConverter : JsonConverter<AgentId>
{
    public override AgentId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, AgentId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>UTC with <c>Z</c> and milliseconds, the one way times are stored.</summary>
internal sealed class UtcConverter : JsonConverter<DateTimeOffset>
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
}
